"""Single edits that no test noticed once or that would hurt most, and those that change nothing."""

from __future__ import annotations

HEADERS = "bot/web/security_headers.py"
CHECKS = "bot/web/request_checks.py"
QUEUE = "bot/web/work_queue.py"
RATE = "bot/web/rate_limit.py"
COUNTS = "bot/storage/daily_counts.py"
ADDRESS = "bot/web/client_address.py"
MEASURES = "bot/evals/measures.py"
INTERVALS = "bot/evals/intervals.py"
STORE = "index/store.py"
DISK = "index/disk.py"
DECISION = "bot/reader/decision.py"
READER = "bot/reader/extractive.py"

CHOSEN: tuple[tuple[str, str, str], ...] = (
    # A page's strict policy is overwritten by that of the chat page.
    (HEADERS, "headers.setdefault(name, value)", "headers[name] = value"),
    # The widget's page may not be framed by other sites.
    (HEADERS, 'if path == "/embed":', 'if path == "/embedded":'),
    # Whatever begins like a route of the chat is open.
    (HEADERS, "_CHAT_ROUTE.fullmatch(path)", "_CHAT_ROUTE.match(path)"),
    # A site's token opens more than its widget asks.
    (CHECKS, 'path == "/api/ask" and self._is_widget(connection)', "self._is_widget(connection)"),
    # Any scheme of Authorization is a key.
    (CHECKS, 'scheme.lower() == "bearer" and any(matches)', "any(matches)"),
    # A length of thousands of digits is read as a number.
    (CHECKS, "len(length) > _DIGITS or int(length) > limit", "int(length) > limit"),
    # The origin is not looked at.
    (CHECKS, "            self._check_origin(connection)\n", ""),
    # Gradio builds its addresses from a header that anyone may send.
    (CHECKS, 'host if name == b"x-forwarded-host" else value', "value"),
    # One more than may waits in a full queue.
    (
        QUEUE,
        "self._working + self._waiting >= self._parallel",
        "self._working + self._waiting > self._parallel",
    ),
    # A slot is never free again.
    (QUEUE, "        running.add_done_callback(self._release)\n", ""),
    # A caller who leaves stops the thread's count.
    (QUEUE, "await asyncio.shield(running)", "await running"),
    # The last answer alone decides how long one lasts.
    (QUEUE, "self._seconds_per_answer += (seconds", "self._seconds_per_answer = (seconds"),
    # Who asked last is forgotten first.
    (RATE, "popitem(last=False)", "popitem(last=True)"),
    # A caller who asks again stays the next to be forgotten.
    (RATE, "        self._times.move_to_end(caller)\n", ""),
    (RATE, "now - times[0] >= WINDOW", "now - times[0] > WINDOW"),
    # All callers together may ask without end.
    (RATE, "        self._check_day()\n        now", "        now"),
    # After a clock was set back a caller waits for longer than a day.
    (COUNTS, "return min(since, now), number", "return since, number"),
    # An address that the caller made up is believed.
    (ADDRESS, "reversed(forwarded.split(", "list(forwarded.split("),
    # A citation that shares exactly half of a span counts as none.
    (MEASURES, ">= HALF * shorter > 0", "> HALF * shorter > 0"),
    (MEASURES, "return share(passage, (gold,)) >= HALF", "return share(passage, (gold,)) > HALF"),
    (INTERVALS, 'method="BCa"', 'method="percentile"'),
    # Holm's steps may fall.
    (
        INTERVALS,
        "np.maximum.accumulate(values[order] * factors)",
        "values[order] * factors",
    ),
    (INTERVALS, "p_adjusted < alpha and excludes_zero", "p_adjusted < alpha or excludes_zero"),
    (INTERVALS, "(extreme + 1) / (samples + 1)", "extreme / samples"),
    (INTERVALS, " * units / (units - 1)", ""),
    # After a crash CURRENT names a folder that is not there yet.
    (STORE, "            os.rename(folder, generation.folder)\n            sync(self.root)\n", ""),
    # The generation to fall back on is deleted.
    (STORE, "kept = [in_use.number] if in_use else []", "kept: list[int] = []"),
    # A crash before the first commit looks like a lost index.
    (STORE, "if number == 1 and not pointer.exists():", "if False:"),
    # Damage that a writer mends meanwhile is reported.
    (STORE, "if state == before:", "if state:"),
    # A manifest vouches for itself whatever it says.
    (DISK, "return seal == _seal_of(vouched) and data", "return data"),
    # A sentence about something else may be cited where it is the best.
    (DECISION, "if deciding[_IMPOSSIBLE].any():", "if False:"),
    (DECISION, "deciding[_SPAN] < SURE_SPAN", "deciding[_SPAN] <= SURE_SPAN"),
    (READER, "confidence >= self.threshold(is_read)", "confidence > self.threshold(is_read)"),
    # A question is asked of the document that it names, without its name.
    (
        "bot/question/scope.py",
        "return Aim(naming.document, 1.0, asked)",
        "return Aim(naming.document, 1.0, question)",
    ),
    # A regulation of another place is not the one that is named.
    (
        "bot/question/titles.py",
        "if title.places and asked_places and not title.places & asked_places:",
        "if False:",
    ),
    # What is carried over from the question before weighs as much as what is asked.
    ("bot/question/followup.py", "CARRIED_WEIGHT = 0.6", "CARRIED_WEIGHT = 1.0"),
)
"""(file, text that stands in it once, what it becomes)."""

EQUIVALENT: dict[tuple[str, str, str], str] = {}
"""(file, the line as it stands, what was put in) → why nobody could see a difference."""
