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
            f"命令有误：{message}。用法见 {self.prog} --help。", f"Wrong command: {message}. See {self.prog} --help."
        )


def parser() -> ArgumentParser:
    """The whole command line, its help in the locale's language."""
    about = pick(
        "城问：回答关于文章的问题，每一句都引自原文。", "Answers questions about articles, quoting every sentence."
    )
    codes = pick(
        "退出码：0 完成，2 用法或输入有误，3 索引损坏或不匹配，4 正被另一进程占用。",
        "Exit codes: 0 done, 2 wrong usage or input, 3 index damaged or foreign, 4 locked by another process.",
    )
    whole = _Parser("chengwen", description=about, epilog=codes, allow_abbrev=False)
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    _serve(commands)
    _ask(commands)
    _articles(commands)
    _index(commands)
    doctor = _command(commands, "doctor", "检查安装、编码模型和索引", "check installation, encoder and index")
    _json(doctor)
    _purge(commands)
    return whole


def _serve(commands: Any) -> None:
    serve = _command(commands, "serve", "启动网页和接口", "serve the chat page and the API")
    serve.epilog = pick(
        "地址由环境变量 HOST（默认 127.0.0.1）和 PORT（默认 7860）决定。",
        "The address is HOST (default 127.0.0.1) and PORT (default 7860) of the environment.",
    )


def _ask(commands: Any) -> None:
    ask = _command(commands, "ask", "问一个问题，或一批问题", "ask a question, or a batch of them")
    ask.add_argument("question", nargs="?", metavar="QUESTION", help=pick("问题，1 至 500 字", "1 to 500 characters"))
    history = pick("此前的对话，JSON 数组", "the turns before it, a JSON array")
    ask.add_argument("--history", type=_path, metavar="FILE", help=history)
    batch = pick(
        "一行一个问题的 JSON 文件，- 为标准输入", "a file of JSON lines, a question each; - for standard input"
    )
    ask.add_argument("--batch", type=_path, metavar="FILE", help=batch)
    _json(ask)


def _articles(commands: Any) -> None:
    add = _command(commands, "add", "收录文章", "add articles")
    add.add_argument("files", nargs="+", type=_path, metavar="FILE", help="txt, md, html, pdf, docx")
    add.add_argument("--url", default="", metavar="URL", help=pick("原文网址", "the address of the original"))
    _json(_command(commands, "list", "列出收录的文章", "list the articles"))
    remove = _command(commands, "remove", "移除一篇文章", "remove an article")
    remove.add_argument("doc_id", metavar="DOC_ID", help=pick("编号，见 chengwen list", "its id, see chengwen list"))


def _index(commands: Any) -> None:
    index = commands.add_parser("index", help=pick("建立、校验、查看索引", "build, verify or describe the index"))
    actions = index.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=_Parser)
    for name, zh, en in (
        ("build", "重新建立索引，已有的向量不重算", "build the index anew, keeping vectors already made"),
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


def _command(commands: Any, name: str, zh: str, en: str) -> ArgumentParser:
    """A command with the options that all have."""
    made: ArgumentParser = commands.add_parser(
        name,
        help=pick(zh, en),
        description=pick(zh, en),
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    corpus = pick("语料：目录、文件，或 SQuAD 格式的 JSON", "the corpus: a folder, a file, or a SQuAD-layout JSON")
    made.add_argument("--corpus", type=_path, metavar="PATH", help=corpus)
    made.add_argument("--index", type=_path, metavar="DIR", help=pick("索引目录", "the folder of the index"))
    setting = pick("设置，见 docs/settings.md；可多次使用", "a setting, see docs/settings.md; may be repeated")
    made.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=setting)
    return made


def _json(command: ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help=pick("输出 JSON", "print JSON"))


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ArgumentTypeError(pick("路径是空的", "an empty path"))
    return Path(text)
