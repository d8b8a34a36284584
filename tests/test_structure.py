"""The rules of the house, executed over its own source."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("core", "pages", "bench", "tests")
PAGE_LINES, FILE_LINES, FUNCTION_LINES = 150, 300, 40

# Rooms of core that every other may use; they use each other only in this order.
GROUND = ("errors", "clock", "words", "settings", "access", "phone", "mail", "times", "money")
MIGRATIONS = "core/database/migrations/"
GRID = "pages/ui/grid.py"


@cache
def sources() -> tuple[str, ...]:
    """Every Python file of ours, as paths below the root."""
    inside = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "work" not in path.parts[-3:-1])
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in (*inside, *ROOT.glob("*.py"))))


@cache
def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imported(path: str) -> set[str]:
    """The dotted names a file imports; `from a import b` counts as a.b."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_from(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def below(*folders: str) -> list[str]:
    return [path for path in sources() if path.startswith(tuple(folder + "/" for folder in folders))]


def importers(paths: list[str], *packages: str) -> list[str]:
    return [path for path in paths if any(is_from(name, *packages) for name in imported(path))]


def places(paths: list[str], is_wrong: Callable[[ast.AST], bool]) -> list[str]:
    return [f"{path}:{node.lineno}" for path in paths for node in ast.walk(tree(path)) if is_wrong(node)]


def called(node: ast.AST) -> str:
    """The last name of what is called, such as `markdown` for st.markdown(...)."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


def test_core_knows_no_screen() -> None:
    assert importers(below("core"), "streamlit", "st_aggrid", "pages", "app", "tests") == []


def test_pages_know_no_database() -> None:
    assert importers(below("pages"), "sqlalchemy", "duckdb", "psycopg", "sqlite3", "core.database.tables") == []


def test_the_grid_component_has_one_door() -> None:
    everywhere = [path for path in sources() if not path.startswith(("tests/", "bench/"))]
    assert set(importers(everywhere, "st_aggrid")) <= {GRID}


def test_the_mirror_alone_uses_duckdb() -> None:
    others = [path for path in sources() if not path.startswith(("core/analytics", "bench/", "tests/"))]
    assert importers(others, "duckdb") == []


def test_pages_do_not_import_each_other() -> None:
    for path in below("pages"):
        mine = [name for name in imported(path) if is_from(name, "pages")]
        assert all(is_from(name, "pages.ui") for name in mine), path


def room(name: str) -> str:
    """The room of core a dotted name lies in: core.tags.find is in tags."""
    return name.split(".")[1] if name.startswith("core.") else ""


def edges() -> dict[str, set[str]]:
    """Which room of core uses which."""
    uses: dict[str, set[str]] = {}
    for path in below("core"):
        own = room(path.removesuffix(".py").replace("/", "."))
        uses.setdefault(own, set()).update({room(name) for name in imported(path)} - {own, ""})
    return uses


def test_the_ground_floor_uses_only_what_lies_lower() -> None:
    uses = edges()
    for place, name in enumerate(GROUND):
        assert uses.get(name, set()) <= set(GROUND[:place]), name
    assert uses["database"] <= set(GROUND)


def test_no_two_rooms_of_core_use_each_other() -> None:
    uses = edges()

    def visit(name: str, road: tuple[str, ...]) -> None:
        assert name not in road, " -> ".join((*road, name))
        for following in uses.get(name, ()):
            visit(following, (*road, name))

    for start in uses:
        visit(start, ())


def test_only_the_shell_lies_directly_in_pages() -> None:
    assert {path.name for path in (ROOT / "pages").glob("*.py")} <= {"shell.py", "__init__.py"}


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    assert [path for path in sources() if re.search(r"/(utils?|helpers?|misc|common)(/|\.py)", path)] == []


def test_files_stay_small() -> None:
    for path in sources():
        if path.startswith(MIGRATIONS):
            continue
        is_page = path.startswith("pages/") and not path.startswith("pages/ui/")
        lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
        assert lines <= (PAGE_LINES if is_page else FILE_LINES), path


def functions(path: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_functions_stay_small() -> None:
    for path in sources():
        for function in () if path.startswith(MIGRATIONS) else functions(path):
            lines = (function.end_lineno or 0) - function.lineno + 1
            assert lines <= FUNCTION_LINES, f"{path}:{function.lineno} {function.name} has {lines} lines"


def test_every_file_says_in_one_sentence_what_it_is() -> None:
    for path in sources():
        said = ast.get_docstring(tree(path)) or ""
        is_empty = not tree(path).body
        assert is_empty or re.search(r"[.:;!?`]$", said.split("\n\n")[0]), path


def test_nobody_else_asks_for_the_time() -> None:
    def asks(node: ast.AST) -> bool:
        text = ast.unparse(node) if isinstance(node, ast.Call) else ""
        return bool(re.match(r"(time\.time|datetime\.(now|utcnow|today)|date\.today|dt\.datetime\.now)\(", text))

    assert places([path for path in below("core", "pages") if path != "core/clock.py"], asks) == []


def documentation(module: ast.Module) -> set[ast.AST]:
    """Strings that stand by themselves: docstrings, and the sentences under constants."""
    return {node.value for node in ast.walk(module) if isinstance(node, ast.Expr)}


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_only_the_database_package_names_a_dialect(dialect: str) -> None:
    for path in below("core", "pages"):
        if path.startswith("core/database/") or path == "core/settings.py":
            continue
        constants = {node for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)}
        texts = {node for node in constants - documentation(tree(path)) if isinstance(node.value, str)}
        named = [node for node in texts if dialect in node.value.lower()]
        assert named == [], f"{path}: {[node.lineno for node in named]}"


def test_nothing_is_caught_blindly() -> None:
    def is_blind(node: ast.AST) -> bool:
        if not isinstance(node, ast.ExceptHandler):
            return False
        caught = ast.unparse(node.type) if node.type else "BaseException"
        passes_on = isinstance(node.body[-1], ast.Raise)
        return bool(re.search(r"\b(Base)?Exception\b", caught)) and not passes_on

    assert places([path for path in sources() if not path.startswith("tests/")], is_blind) == []


def test_pages_draw_no_data_as_markup() -> None:
    def is_wrong(node: ast.AST) -> bool:
        if isinstance(node, ast.keyword):
            return (node.arg or "").startswith("unsafe_allow_")
        if not isinstance(node, ast.Call) or not node.args:
            return False
        draws = called(node) in {"markdown", "html"} or ast.unparse(node.func) == "st.write"
        first = node.args[0]
        return draws and not (isinstance(first, ast.Constant) or (isinstance(first, ast.Name) and first.id.isupper()))

    assert places(below("pages"), is_wrong) == []


def test_scripts_for_the_grid_stand_in_one_file() -> None:
    def is_script(node: ast.AST) -> bool:
        return called(node) == "JsCode" or (isinstance(node, ast.keyword) and node.arg == "allow_unsafe_jscode")

    assert places([path for path in below("pages") if path != GRID], is_script) == []


def test_scripts_write_text_never_markup() -> None:
    banned = re.compile(r"(inner|outer)HTML|insertAdjacent" + r"HTML|document\.write|\beval\(|new Function|srcdoc")
    for path in (ROOT / "pages").rglob("*"):
        if path.suffix in {".py", ".js"}:
            assert not banned.search(path.read_text(encoding="utf-8")), path


def test_state_of_the_session_is_kept_in_one_room() -> None:
    def uses_state(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "session_state"

    assert places([path for path in below("pages") if not path.startswith("pages/ui/")], uses_state) == []


def texts() -> Iterator[tuple[str, str]]:
    """Every text file that is part of the project."""
    names = {".py", ".md", ".toml", ".txt", ".sql", ".js", ".css", ".mako", ""}
    folders = (*FOLDERS, ".ci", ".streamlit", "docs")
    for path in (*ROOT.glob("*"), *(found for folder in folders for found in (ROOT / folder).rglob("*"))):
        is_ours = path.is_file() and path.suffix in names and "__pycache__" not in path.parts
        if is_ours and path.name != ".git" and "bench/work" not in path.as_posix():
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_no_file_names_a_machine_or_a_private_place() -> None:
    # Written apart, so that this file itself stays clean.
    folders = [rf"(?<![\w.])/{name}/" for name in ("work", "root", "home")]
    banned = re.compile("|".join(["file:" + "//", "pypi" + r"\.", "index-" + "url", *folders]))
    neighbour = re.compile(r"\.\./sha" + "red")
    for path, text in texts():
        assert not banned.search(text), path
        assert path == ".ci/run" or not neighbour.search(text), path


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    assert [path for path, text in texts() if later.search(text)] == []


def test_every_requirement_is_pinned_and_explained() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert not line or line.startswith("#") or re.fullmatch(r"[\w\[\]-]+==[\w.]+ +# .+", line), line


def test_the_constraints_pin_every_requirement() -> None:
    def pins(name: str) -> set[str]:
        text = re.sub(r"\[\w+\]", "", (ROOT / name).read_text(encoding="utf-8").lower())
        return set(re.findall(r"^[\w.-]+==[\w.]+", text, re.MULTILINE))

    assert pins("requirements.txt") <= pins("constraints.txt")
