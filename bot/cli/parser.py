"""The commands and their options."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from bot.cli.output import pick
from corpus import UsageError


class _Parser(ArgumentParser):
    """Reports a wrong command line as every other error is reported."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(
            f"命令有误：{message}。用法见 {self.prog} --help。",
            f"Wrong command: {message}. See {self.prog} --help.",
        )


def parser() -> ArgumentParser:
    """The whole command line, its help in the locale's language."""
    about = pick(
        "城问：回答关于文章的问题，每一句都引自原文。",
        "Answers questions about articles, quoting every sentence.",
    )
    codes = pick(
        "退出码：0 完成，2 用法或输入有误，3 索引损坏或不匹配，4 正被另一进程占用。",
        "Exit codes: 0 done, 2 wrong usage or input, 3 index damaged or foreign, 4 locked by another process.",
    )
    whole = _Parser("chengwen", description=about, epilog=codes, allow_abbrev=False)
    commands = whole.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )
    _serve(commands)
    _ask(commands)
    _command(
        commands,
        "mcp",
        "作为 MCP 工具，供其他程序调用",
        "be tools of MCP for the program that starts it",
    )
    _articles(commands)
    _index(commands)
    doctor = _command(
        commands, "doctor", "检查安装、编码模型和索引", "check installation, encoder and index"
    )
    _json(doctor)
    _purge(commands)
    _evals(commands)
    _sites(commands)
    _train(commands)
    return whole


def _serve(commands: Any) -> None:
    serve = _command(commands, "serve", "启动网页和接口", "serve the chat page and the API")
    pages = pick(
        "打开评测等运营者页面，只限本机", "open the operator's pages, to this machine only"
    )
    serve.add_argument("--operator", action="store_true", help=pages)
    serve.epilog = pick(
        "地址由环境变量 HOST（默认 127.0.0.1）和 PORT（默认 7860）决定。",
        "The address is HOST (default 127.0.0.1) and PORT (default 7860) of the environment.",
    )


def _ask(commands: Any) -> None:
    ask = _command(commands, "ask", "问一个问题，或一批问题", "ask a question, or a batch of them")
    ask.add_argument(
        "question",
        nargs="?",
        metavar="QUESTION",
        help=pick("问题，1 至 500 字", "1 to 500 characters"),
    )
    history = pick("此前的对话，JSON 数组", "the turns before it, a JSON array")
    ask.add_argument("--history", type=_path, metavar="FILE", help=history)
    batch = pick(
        "一行一个问题的 JSON 文件，- 为标准输入",
        "a file of JSON lines, a question each; - for standard input",
    )
    ask.add_argument("--batch", type=_path, metavar="FILE", help=batch)
    _json(ask)


def _articles(commands: Any) -> None:
    add = _command(commands, "add", "收录文章", "add articles")
    add.add_argument(
        "files", nargs="+", type=_path, metavar="FILE", help="txt, md, html, pdf, docx"
    )
    add.add_argument(
        "--url", default="", metavar="URL", help=pick("原文网址", "the address of the original")
    )
    _json(_command(commands, "list", "列出收录的文章", "list the articles"))
    remove = _command(commands, "remove", "移除一篇文章", "remove an article")
    remove.add_argument(
        "doc_id", metavar="DOC_ID", help=pick("编号，见 chengwen list", "its id, see chengwen list")
    )


def _index(commands: Any) -> None:
    index = commands.add_parser(
        "index", help=pick("建立、校验、查看索引", "build, verify or describe the index")
    )
    actions = index.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=_Parser
    )
    for name, zh, en in (
        (
            "build",
            "重新建立索引，已有的向量不重算",
            "build the index anew, keeping vectors already made",
        ),
        ("verify", "逐字节校验索引", "check every byte of the index"),
        ("info", "查看索引的情况", "describe the index"),
    ):
        _json(_command(actions, name, zh, en))


def _purge(commands: Any) -> None:
    purge = _command(commands, "purge", "删除过期的反馈", "delete old feedback")
    days = pick(
        "删除早于 N 天的，0 为全部；默认见设置 feedback.days",
        "what is older than N days, 0: all; default: the setting feedback.days",
    )
    purge.add_argument("--days", metavar="N", help=days)
    _json(purge)


def _evals(commands: Any) -> None:
    evals = commands.add_parser(
        "eval", help=pick("评测检索与回答", "evaluate retrieval and answers")
    )
    actions = evals.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=_Parser
    )
    run = _dataset(
        _command(actions, "run", "在一个题集上运行并记录", "run a question set and keep the run")
    )
    run.add_argument("--name", default="", help=pick("这次运行的名称", "a name for the run"))
    sweep = _dataset(
        _command(actions, "sweep", "对一组设置逐一运行", "run every combination of settings")
    )
    values = pick("一项设置的各个取值，可多次使用", "the values of one setting; may be repeated")
    sweep.add_argument("--grid", action="append", required=True, metavar="NAME=V,V", help=values)
    gate = _dataset(
        _command(
            actions,
            "gate",
            "与基线比较，变差则退出码为 1",
            "compare with a baseline; exit code 1 if worse",
        )
    )
    gate.add_argument(
        "--baseline",
        type=_path,
        required=True,
        metavar="FILE",
        help=pick("基线文件", "the baseline"),
    )
    gate.add_argument(
        "--write",
        action="store_true",
        help=pick("把这次结果写为基线", "write this run as the baseline"),
    )
    gate.add_argument(
        "--junit", type=_path, metavar="FILE", help=pick("另存为 JUnit XML", "also as JUnit XML")
    )
    compare = _command(actions, "compare", "比较几次运行", "compare runs with the first one")
    export = _command(actions, "export", "导出运行记录", "export runs")
    for command in (compare, export):
        command.add_argument(
            "runs", nargs="+", metavar="RUN", help=pick("编号或名称", "an id or a name")
        )
    for command in (compare, gate):
        effect = pick(
            "有意义的最小差异，默认 0.02", "the least difference that matters, 0.02 by default"
        )
        command.add_argument("--effect", type=_share, default=0.02, metavar="X", help=effect)
    export.add_argument(
        "--to", type=_path, required=True, metavar="FILE", help=".trec .csv .md .html"
    )
    for command in (
        run,
        sweep,
        gate,
        compare,
        _command(actions, "list", "列出运行记录", "list the runs"),
    ):
        _json(command)


def _sites(commands: Any) -> None:
    site = commands.add_parser(
        "site", help=pick("登记可以嵌入问答窗的网站", "register sites that show the widget")
    )
    actions = site.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=_Parser
    )
    add = _command(
        actions, "add", "登记一个网站，打印它的令牌", "register a site and print its token"
    )
    add.add_argument("name", metavar="NAME", help=pick("名称", "its name"))
    origins = pick(
        "可以嵌入的网页来源，可多次使用", "an origin that may show the widget; may be repeated"
    )
    add.add_argument("--origin", action="append", default=[], metavar="O", help=origins)
    add.add_argument(
        "--title", default="", metavar="T", help=pick("问答窗的标题", "the title of the widget")
    )
    add.add_argument(
        "--color",
        default="",
        metavar="C",
        help=pick("颜色，如 #b1241d", "its colour, such as #b1241d"),
    )
    add.add_argument(
        "--daily", default="2000", metavar="N", help=pick("每日提问数", "questions in 24 hours")
    )
    tags = pick(
        "只用带有这些标签之一的文章作答", "answer only from articles with one of these tags"
    )
    add.add_argument("--corpus-filter", nargs="+", default=[], metavar="TAG", help=tags)
    remove = _command(
        actions, "remove", "取消登记", "remove a site; its token is worth nothing from then on"
    )
    remove.add_argument("name", metavar="NAME", help=pick("名称", "its name"))
    for command in (add, _command(actions, "list", "列出登记的网站", "list the sites")):
        _json(command)


def _train(commands: Any) -> None:
    train = commands.add_parser("train", help=pick("训练阅读模型", "train the reading network"))
    actions = train.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=_Parser
    )
    reader = _command(
        actions, "reader", "用题集训练阅读模型", "train the reading network on question sets"
    )
    reader.add_argument(
        "files", nargs="+", type=_path, metavar="FILE", help=pick("题集", "question sets")
    )
    begun = pick("从训练过的权重开始", "begin with trained weights")
    reader.add_argument("--from", dest="start", type=_path, metavar="WEIGHTS", help=begun)
    reader.add_argument("--steps", type=_count, metavar="N", help=pick("步数", "steps"))
    folder = pick("检查点和结果的目录", "where checkpoints and results go")
    reader.add_argument("--output", type=_path, metavar="DIR", help=folder)


def _dataset(command: ArgumentParser) -> ArgumentParser:
    kinds = pick(
        "题集：.jsonl、SQuAD 格式的 .json、BEIR 或 TREC 目录",
        ".jsonl, SQuAD-layout .json, BEIR or TREC folder",
    )
    command.add_argument("dataset", type=_path, metavar="DATASET", help=kinds)
    parts = pick("公开题集的哪一部分", "which part of a public set")
    command.add_argument(
        "--part", choices=("all", "report", "fit", "train"), default="all", help=parts
    )
    few = pick("只取其中 N 题，每次相同", "only N of the questions, always the same")
    command.add_argument("--sample", type=_count, default=0, metavar="N", help=few)
    return command


def _command(commands: Any, name: str, zh: str, en: str) -> ArgumentParser:
    """A command with the options that all have."""
    made: ArgumentParser = commands.add_parser(
        name,
        help=pick(zh, en),
        description=pick(zh, en),
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    corpus = pick(
        "语料：目录、文件，或 SQuAD 格式的 JSON",
        "the corpus: a folder, a file, or a SQuAD-layout JSON",
    )
    made.add_argument("--corpus", type=_path, metavar="PATH", help=corpus)
    made.add_argument(
        "--index", type=_path, metavar="DIR", help=pick("索引目录", "the folder of the index")
    )
    setting = pick(
        "设置，见 docs/settings.md；可多次使用", "a setting, see docs/settings.md; may be repeated"
    )
    made.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=setting)
    return made


def _json(command: ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help=pick("输出 JSON", "print JSON"))


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise ArgumentTypeError(pick("应在 0 与 1 之间", "must be between 0 and 1"))
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ArgumentTypeError(pick("应是正整数", "must be a positive whole number"))
    return value


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ArgumentTypeError(pick("路径是空的", "an empty path"))
    return Path(text)
