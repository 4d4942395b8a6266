"""The commands and their options: a function a command."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from bot.cli.options import (
    Parser,
    add_command,
    add_dataset,
    add_effect,
    add_group,
    add_json,
    add_option,
    add_runs,
    count,
    path_of,
)
from bot.cli.output import pick


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
    chengwen = Parser("chengwen", description=about, epilog=codes, allow_abbrev=False)
    commands = chengwen.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=Parser
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
    serve = add_command(commands, "serve", "启动网页和接口", "serve the chat page and the API")
    add_option(
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
    ask = add_command(
        commands, "ask", "问一个问题，或一批问题", "ask a question, or a batch of them"
    )
    add_option(
        ask, "question", "问题，1 至 500 字", "1 to 500 characters", nargs="?", metavar="QUESTION"
    )
    add_option(
        ask,
        "--history",
        "此前的对话，JSON 数组",
        "the turns before it, a JSON array",
        type=path_of,
        metavar="FILE",
    )
    add_option(
        ask,
        "--batch",
        "一行一个问题的 JSON 文件，- 为标准输入",
        "a file of JSON lines, a question each; - for standard input",
        type=path_of,
        metavar="FILE",
    )
    add_option(
        ask,
        "--doc",
        "只在编号为此的文章里找，可多次",
        "search only the article with this id; may be repeated",
        action="append",
        metavar="DOC_ID",
    )
    add_option(
        ask,
        "--tag",
        "只在有此标签的文章里找，可多次",
        "search only articles with this tag; may be repeated",
        action="append",
        metavar="TAG",
    )
    add_json(ask)


def _mcp(commands: Any) -> None:
    zh = "作为 MCP 工具，供其他程序调用"
    add_command(commands, "mcp", zh, "be tools of MCP for the program that starts it")


def _add(commands: Any) -> None:
    add = add_command(commands, "add", "收录文章", "add articles")
    add_option(
        add,
        "files",
        "文件或目录：txt、md、html、pdf、docx、xlsx、csv",
        "files or folders: txt, md, html, pdf, docx, xlsx, csv",
        nargs="+",
        type=path_of,
        metavar="PATH",
    )
    add_option(add, "--url", "原文网址", "the address of the original", default="", metavar="URL")
    add_option(
        add,
        "--replace",
        "移除同名的旧文章",
        "remove older articles of the same name",
        action="store_true",
    )


def _list(commands: Any) -> None:
    add_json(add_command(commands, "list", "列出收录的文章", "list the articles"))


def _remove(commands: Any) -> None:
    remove = add_command(commands, "remove", "移除文章", "remove articles")
    add_option(
        remove,
        "doc_ids",
        "编号，见 chengwen list",
        "their ids, see chengwen list",
        nargs="+",
        metavar="DOC_ID",
    )


def _index(commands: Any) -> None:
    actions = add_group(
        commands, "index", "建立、校验、查看索引", "build, verify or describe the index"
    )
    build = add_command(
        actions,
        "build",
        "重新建立索引，已有的向量不重算",
        "build the index anew, keeping vectors already made",
    )
    verify = add_command(actions, "verify", "逐字节校验索引", "check every byte of the index")
    info = add_command(actions, "info", "查看索引的情况", "describe the index")
    for command in (build, verify, info):
        add_json(command)


def _doctor(commands: Any) -> None:
    zh = "检查安装、编码模型和索引"
    add_json(add_command(commands, "doctor", zh, "check installation, encoder and index"))


def _purge(commands: Any) -> None:
    purge = add_command(commands, "purge", "删除过期的反馈", "delete old feedback")
    add_option(
        purge,
        "--days",
        "删除早于 N 天的，0 为全部；默认见设置 feedback.days",
        "what is older than N days, 0: all; default: the setting feedback.days",
        metavar="N",
    )
    add_json(purge)


def _eval(commands: Any) -> None:
    actions = add_group(commands, "eval", "评测检索与回答", "evaluate retrieval and answers")
    _eval_run(actions)
    _eval_sweep(actions)
    _eval_gate(actions)
    _eval_compare(actions)
    _eval_export(actions)
    add_json(add_command(actions, "list", "列出运行记录", "list the runs"))


def _eval_run(actions: Any) -> None:
    run = add_command(
        actions, "run", "在一个题集上运行并记录", "run a question set and keep the run"
    )
    add_dataset(run)
    add_option(run, "--name", "这次运行的名称", "a name for the run", default="")
    add_json(run)


def _eval_sweep(actions: Any) -> None:
    sweep = add_command(actions, "sweep", "对一组设置逐一运行", "run every combination of settings")
    add_dataset(sweep)
    add_option(
        sweep,
        "--grid",
        "一项设置的各个取值，可多次使用",
        "the values of one setting; may be repeated",
        action="append",
        required=True,
        metavar="NAME=V,V",
    )
    add_json(sweep)


def _eval_gate(actions: Any) -> None:
    gate = add_command(
        actions,
        "gate",
        "与基线比较，变差则退出码为 1",
        "compare with a baseline; exit code 1 if worse",
    )
    add_dataset(gate)
    add_option(
        gate, "--baseline", "基线文件", "the baseline", type=path_of, required=True, metavar="FILE"
    )
    add_option(
        gate,
        "--write",
        "把这次结果写为基线",
        "write this run as the baseline",
        action="store_true",
    )
    add_option(
        gate, "--junit", "另存为 JUnit XML", "also as JUnit XML", type=path_of, metavar="FILE"
    )
    add_effect(gate)
    add_json(gate)


def _eval_compare(actions: Any) -> None:
    compare = add_command(actions, "compare", "比较几次运行", "compare runs with the first one")
    add_runs(compare)
    add_effect(compare)
    add_json(compare)


def _eval_export(actions: Any) -> None:
    export = add_command(actions, "export", "导出运行记录", "export runs")
    add_runs(export)
    formats = ".trec .csv .md .html"
    add_option(export, "--to", formats, formats, type=path_of, required=True, metavar="FILE")


def _site(commands: Any) -> None:
    actions = add_group(
        commands, "site", "登记可以嵌入问答窗的网站", "register sites that show the widget"
    )
    _site_add(actions)
    remove = add_command(
        actions, "remove", "取消登记", "remove a site; its token is worth nothing from then on"
    )
    add_option(remove, "name", "名称", "its name", metavar="NAME")
    add_json(add_command(actions, "list", "列出登记的网站", "list the sites"))


def _site_add(actions: Any) -> None:
    add = add_command(
        actions, "add", "登记一个网站，打印它的令牌", "register a site and print its token"
    )
    add_option(add, "name", "名称", "its name", metavar="NAME")
    add_option(
        add,
        "--origin",
        "可以嵌入的网页来源，可多次使用",
        "an origin that may show the widget; may be repeated",
        action="append",
        default=[],
        metavar="O",
    )
    add_option(add, "--title", "问答窗的标题", "the title of the widget", default="", metavar="T")
    add_option(
        add,
        "--color",
        "颜色，如 #b1241d",
        "its colour, such as #b1241d",
        default="",
        metavar="C",
    )
    add_option(add, "--daily", "每日提问数", "questions in 24 hours", default="2000", metavar="N")
    add_option(
        add,
        "--corpus-filter",
        "只用带有这些标签之一的文章作答",
        "answer only from articles with one of these tags",
        nargs="+",
        default=[],
        metavar="TAG",
    )
    add_json(add)


def _train(commands: Any) -> None:
    actions = add_group(commands, "train", "训练阅读模型", "train the reading network")
    reader = add_command(
        actions,
        "reader",
        "训练阅读模型，并在题集上量它",
        "train the reading network, and measure it on question sets",
    )
    add_option(reader, "files", "题集", "question sets", nargs="+", type=path_of, metavar="FILE")
    _train_on_windows(reader)
    add_option(
        reader,
        "--from",
        "从训练过的权重开始",
        "begin with trained weights",
        dest="start",
        type=path_of,
        metavar="WEIGHTS",
    )
    add_option(reader, "--steps", "步数", "steps", type=count, metavar="N")
    add_option(
        reader,
        "--output",
        "检查点和结果的目录",
        "where checkpoints and results go",
        type=path_of,
        metavar="DIR",
    )


def _train_on_windows(reader: ArgumentParser) -> None:
    """What is trained on in place of the question sets, and how precisely."""
    add_option(
        reader,
        "--served",
        "训练用的窗口（python -m bot.training.served），题集只用来量",
        "windows to train on (python -m bot.training.served); the sets are for measuring alone",
        type=path_of,
        metavar="WINDOWS",
    )
    add_option(
        reader,
        "--leave-out",
        "不用这一类文字的窗口，可写几次",
        "leave out the windows of this kind of text; may be given again",
        action="append",
        choices=("encyclopaedia", "regulations", "tables", "news"),
        default=[],
    )
    add_option(
        reader,
        "--precision",
        "矩阵乘法的精度",
        "of the matrix products",
        choices=("fp32", "bf16"),
        default="fp32",
    )
