"""The commands and their options: a function a command."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from bot.cli.output import pick
from corpus import UsageError


class _Parser(ArgumentParser):
    """Reports a wrong command line as every other error is reported."""

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        raise UsageError(
            f"命令有误：{message}。用法见 {self.prog} --help。",
            f"Wrong command: {message}. See {self.prog} --help.",
        )


def parser() -> ArgumentParser:
    """The parser of the command line; its help is in the locale's language."""
    about = pick(
        "城问：回答关于文章的问题，每一句都引自原文。",
        "Answers questions about articles, quoting every sentence.",
    )
    codes = pick(
        "退出码：0 完成，2 用法或输入有误，3 索引损坏或不匹配，4 正被另一进程占用。",
        "Exit codes: 0 done, 2 wrong usage or input, 3 index damaged or foreign, 4 locked by another process.",
    )
    chengwen = _Parser("chengwen", description=about, epilog=codes, allow_abbrev=False)
    commands = chengwen.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )
    _serve(commands)
    _ask(commands)
    _mcp(commands)
    _add(commands)
    _list(commands)
    _remove(commands)
    _index(commands)
    _doctor(commands)
    _purge(commands)
    _eval(commands)
    _site(commands)
    _train(commands)
    return chengwen


def _serve(commands: Any) -> None:
    serve = _command(commands, "serve", "启动网页和接口", "serve the chat page and the API")
    _option(
        serve,
        "--operator",
        "打开评测等运营者页面，只限本机",
        "open the operator's pages, to this machine only",
        action="store_true",
    )
    serve.epilog = pick(
        "地址由环境变量 HOST（默认 127.0.0.1）和 PORT（默认 7860）决定。",
        "The address is HOST (default 127.0.0.1) and PORT (default 7860) of the environment.",
    )


def _ask(commands: Any) -> None:
    ask = _command(commands, "ask", "问一个问题，或一批问题", "ask a question, or a batch of them")
    _option(
        ask, "question", "问题，1 至 500 字", "1 to 500 characters", nargs="?", metavar="QUESTION"
    )
    _option(
        ask,
        "--history",
        "此前的对话，JSON 数组",
        "the turns before it, a JSON array",
        type=_path,
        metavar="FILE",
    )
    _option(
        ask,
        "--batch",
        "一行一个问题的 JSON 文件，- 为标准输入",
        "a file of JSON lines, a question each; - for standard input",
        type=_path,
        metavar="FILE",
    )
    _option(
        ask,
        "--doc",
        "只在编号为此的文章里找，可多次",
        "search only the article with this id; may be repeated",
        action="append",
        metavar="DOC_ID",
    )
    _option(
        ask,
        "--tag",
        "只在有此标签的文章里找，可多次",
        "search only articles with this tag; may be repeated",
        action="append",
        metavar="TAG",
    )
    _json(ask)


def _mcp(commands: Any) -> None:
    zh = "作为 MCP 工具，供其他程序调用"
    _command(commands, "mcp", zh, "be tools of MCP for the program that starts it")


def _add(commands: Any) -> None:
    add = _command(commands, "add", "收录文章", "add articles")
    _option(
        add,
        "files",
        "文件或目录：txt、md、html、pdf、docx、xlsx、csv",
        "files or folders: txt, md, html, pdf, docx, xlsx, csv",
        nargs="+",
        type=_path,
        metavar="PATH",
    )
    _option(add, "--url", "原文网址", "the address of the original", default="", metavar="URL")
    _option(
        add,
        "--replace",
        "移除同名的旧文章",
        "remove older articles of the same name",
        action="store_true",
    )


def _list(commands: Any) -> None:
    _json(_command(commands, "list", "列出收录的文章", "list the articles"))


def _remove(commands: Any) -> None:
    remove = _command(commands, "remove", "移除文章", "remove articles")
    _option(
        remove,
        "doc_ids",
        "编号，见 chengwen list",
        "their ids, see chengwen list",
        nargs="+",
        metavar="DOC_ID",
    )


def _index(commands: Any) -> None:
    actions = _actions(
        commands, "index", "建立、校验、查看索引", "build, verify or describe the index"
    )
    build = _command(
        actions,
        "build",
        "重新建立索引，已有的向量不重算",
        "build the index anew, keeping vectors already made",
    )
    verify = _command(actions, "verify", "逐字节校验索引", "check every byte of the index")
    info = _command(actions, "info", "查看索引的情况", "describe the index")
    for command in (build, verify, info):
        _json(command)


def _doctor(commands: Any) -> None:
    zh = "检查安装、编码模型和索引"
    _json(_command(commands, "doctor", zh, "check installation, encoder and index"))


def _purge(commands: Any) -> None:
    purge = _command(commands, "purge", "删除过期的反馈", "delete old feedback")
    _option(
        purge,
        "--days",
        "删除早于 N 天的，0 为全部；默认见设置 feedback.days",
        "what is older than N days, 0: all; default: the setting feedback.days",
        metavar="N",
    )
    _json(purge)


def _eval(commands: Any) -> None:
    actions = _actions(commands, "eval", "评测检索与回答", "evaluate retrieval and answers")
    _eval_run(actions)
    _eval_sweep(actions)
    _eval_gate(actions)
    _eval_compare(actions)
    _eval_export(actions)
    _json(_command(actions, "list", "列出运行记录", "list the runs"))


def _eval_run(actions: Any) -> None:
    run = _command(actions, "run", "在一个题集上运行并记录", "run a question set and keep the run")
    _dataset(run)
    _option(run, "--name", "这次运行的名称", "a name for the run", default="")
    _json(run)


def _eval_sweep(actions: Any) -> None:
    sweep = _command(actions, "sweep", "对一组设置逐一运行", "run every combination of settings")
    _dataset(sweep)
    _option(
        sweep,
        "--grid",
        "一项设置的各个取值，可多次使用",
        "the values of one setting; may be repeated",
        action="append",
        required=True,
        metavar="NAME=V,V",
    )
    _json(sweep)


def _eval_gate(actions: Any) -> None:
    gate = _command(
        actions,
        "gate",
        "与基线比较，变差则退出码为 1",
        "compare with a baseline; exit code 1 if worse",
    )
    _dataset(gate)
    _option(
        gate, "--baseline", "基线文件", "the baseline", type=_path, required=True, metavar="FILE"
    )
    _option(
        gate,
        "--write",
        "把这次结果写为基线",
        "write this run as the baseline",
        action="store_true",
    )
    _option(gate, "--junit", "另存为 JUnit XML", "also as JUnit XML", type=_path, metavar="FILE")
    _effect(gate)
    _json(gate)


def _eval_compare(actions: Any) -> None:
    compare = _command(actions, "compare", "比较几次运行", "compare runs with the first one")
    _runs(compare)
    _effect(compare)
    _json(compare)


def _eval_export(actions: Any) -> None:
    export = _command(actions, "export", "导出运行记录", "export runs")
    _runs(export)
    formats = ".trec .csv .md .html"
    _option(export, "--to", formats, formats, type=_path, required=True, metavar="FILE")


def _site(commands: Any) -> None:
    actions = _actions(
        commands, "site", "登记可以嵌入问答窗的网站", "register sites that show the widget"
    )
    _site_add(actions)
    remove = _command(
        actions, "remove", "取消登记", "remove a site; its token is worth nothing from then on"
    )
    _option(remove, "name", "名称", "its name", metavar="NAME")
    _json(_command(actions, "list", "列出登记的网站", "list the sites"))


def _site_add(actions: Any) -> None:
    add = _command(
        actions, "add", "登记一个网站，打印它的令牌", "register a site and print its token"
    )
    _option(add, "name", "名称", "its name", metavar="NAME")
    _option(
        add,
        "--origin",
        "可以嵌入的网页来源，可多次使用",
        "an origin that may show the widget; may be repeated",
        action="append",
        default=[],
        metavar="O",
    )
    _option(add, "--title", "问答窗的标题", "the title of the widget", default="", metavar="T")
    _option(
        add,
        "--color",
        "颜色，如 #b1241d",
        "its colour, such as #b1241d",
        default="",
        metavar="C",
    )
    _option(add, "--daily", "每日提问数", "questions in 24 hours", default="2000", metavar="N")
    _option(
        add,
        "--corpus-filter",
        "只用带有这些标签之一的文章作答",
        "answer only from articles with one of these tags",
        nargs="+",
        default=[],
        metavar="TAG",
    )
    _json(add)


def _train(commands: Any) -> None:
    actions = _actions(commands, "train", "训练阅读模型", "train the reading network")
    reader = _command(
        actions,
        "reader",
        "训练阅读模型，并在题集上量它",
        "train the reading network, and measure it on question sets",
    )
    _option(reader, "files", "题集", "question sets", nargs="+", type=_path, metavar="FILE")
    _option(
        reader,
        "--served",
        "训练用的窗口（python -m bot.training.served），题集只用来量",
        "windows to train on (python -m bot.training.served); the sets are for measuring alone",
        type=_path,
        metavar="WINDOWS",
    )
    _option(
        reader,
        "--leave-out",
        "不用这一类文字的窗口，可写几次",
        "leave out the windows of this kind of text; may be given again",
        action="append",
        choices=("encyclopaedia", "regulations", "tables", "news"),
        default=[],
    )
    _option(
        reader,
        "--precision",
        "矩阵乘法的精度",
        "of the matrix products",
        choices=("fp32", "bf16"),
        default="fp32",
    )
    _option(
        reader,
        "--from",
        "从训练过的权重开始",
        "begin with trained weights",
        dest="start",
        type=_path,
        metavar="WEIGHTS",
    )
    _option(reader, "--steps", "步数", "steps", type=_count, metavar="N")
    _option(
        reader,
        "--output",
        "检查点和结果的目录",
        "where checkpoints and results go",
        type=_path,
        metavar="DIR",
    )


def _actions(commands: Any, name: str, zh: str, en: str) -> Any:
    """A command that is a group of actions."""
    group = commands.add_parser(name, help=pick(zh, en))
    return group.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=_Parser
    )


def _command(commands: Any, name: str, zh: str, en: str) -> ArgumentParser:
    """A command with the options that all of them have."""
    command: ArgumentParser = commands.add_parser(
        name,
        help=pick(zh, en),
        description=pick(zh, en),
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    _option(
        command,
        "--corpus",
        "语料：目录、文件，或 SQuAD 格式的 JSON",
        "the corpus: a folder, a file, or a SQuAD-layout JSON",
        type=_path,
        metavar="PATH",
    )
    _option(command, "--index", "索引目录", "the folder of the index", type=_path, metavar="DIR")
    _option(
        command,
        "--set",
        "设置，见 docs/settings.md；可多次使用",
        "a setting, see docs/settings.md; may be repeated",
        action="append",
        default=[],
        metavar="NAME=VALUE",
    )
    return command


def _option(command: ArgumentParser, name: str, zh: str, en: str, **given: Any) -> None:
    """Adds an option or an argument; `given` are further arguments of `add_argument`."""
    command.add_argument(name, help=pick(zh, en), **given)


def _dataset(command: ArgumentParser) -> None:
    _option(
        command,
        "dataset",
        "题集：.jsonl、SQuAD 格式的 .json、BEIR 或 TREC 目录",
        ".jsonl, SQuAD-layout .json, BEIR or TREC folder",
        type=_path,
        metavar="DATASET",
    )
    _option(
        command,
        "--part",
        "公开题集的哪一部分",
        "which part of a public set",
        choices=("all", "report", "fit", "train"),
        default="all",
    )
    _option(
        command,
        "--sample",
        "只取其中 N 题，每次相同",
        "only N of the questions, always the same",
        type=_count,
        default=0,
        metavar="N",
    )


def _runs(command: ArgumentParser) -> None:
    _option(command, "runs", "编号或名称", "an id or a name", nargs="+", metavar="RUN")


def _effect(command: ArgumentParser) -> None:
    _option(
        command,
        "--effect",
        "有意义的最小差异，默认 0.02",
        "the least difference that matters, 0.02 by default",
        type=_share,
        default=0.02,
        metavar="X",
    )


def _json(command: ArgumentParser) -> None:
    _option(command, "--json", "输出 JSON", "print JSON", action="store_true")


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
