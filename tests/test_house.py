"""The house rules, read from the source: floors, vendor rooms, privacy, size of files.

A new room or package must be entered in the tables below; until then the tests fail.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ar_preview"

# From the ground up. A room imports rooms of earlier lines only, never one of its own line
# (ARCHITECTURE.md: the house). The ground and the types floor are stairs of several lines.
FLOORS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "ground",
        frozenset({"ahead", "geometry", "errors", "assets", "preflight", "quality", "quiet"}),
    ),
    ("ground", frozenset({"frames"})),
    ("types", frozenset({"ladder", "landmarks", "tracks", "layer", "products", "media"})),
    ("types", frozenset({"poses"})),
    ("types", frozenset({"person"})),
    ("types", frozenset({"scene", "posture"})),
    (
        "stages",
        frozenset(
            {
                "sources",
                "tracking",
                "registration",
                "measuring",
                "fitting",
                "staging",
                "rendering",
                "compositing",
                "matching",
                "pressing",
                "recording",
            }
        ),
    ),
    ("join", frozenset({"results"})),
    ("join", frozenset({"preview"})),
    ("above", frozenset({"exports"})),
    ("above", frozenset({"evaluation", "workshop", "app"})),
    ("door", frozenset({"cli"})),
    ("door", frozenset({"__main__"})),
)
LEVEL = {room: level for level, (_, rooms) in enumerate(FLOORS) for room in rooms}
JOIN = LEVEL["preview"]
"""`ar_preview/__init__.py` re-exports the public API, which ends here."""

# Import name -> (distribution in pyproject.toml, rooms that may import it).
VENDORS: dict[str, tuple[str, frozenset[str]]] = {
    "DracoPy": ("DracoPy", frozenset({"products"})),
    "PIL": ("Pillow", frozenset({"workshop"})),
    "PySide6": ("PySide6-Essentials", frozenset({"app"})),
    "av": ("av", frozenset({"sources", "recording"})),
    "cv2": (
        "opencv-contrib-python",
        frozenset(
            {
                "sources",
                "tracking",
                "products",
                "registration",
                "measuring",
                "staging",
                "compositing",
                "matching",
                "pressing",
                "recording",
                "rendering",
                "evaluation",
                "workshop",
                "app",
            }
        ),
    ),
    "cv2_enumerate_cameras": ("cv2-enumerate-cameras", frozenset({"sources"})),
    "fast_simplification": ("fast-simplification", frozenset({"products"})),
    "matplotlib": ("matplotlib", frozenset({"evaluation"})),
    "mediapipe": ("mediapipe", frozenset({"tracking"})),
    "moderngl": ("moderngl", frozenset({"rendering"})),
    "platformdirs": ("platformdirs", frozenset({"sources", "products", "cli"})),
    "pydantic": ("pydantic", frozenset({"products"})),
    "rich": ("rich", frozenset({"cli"})),
    "scipy": ("scipy", frozenset({"workshop"})),
    "segno": ("segno", frozenset({"app"})),
    "shapely": ("shapely", frozenset({"workshop"})),
    "trimesh": ("trimesh", frozenset({"products"})),
    "typer": ("typer", frozenset({"cli"})),
}
NUMPY_FREE = frozenset({"ahead", "preflight", "errors", "assets", "quiet"})

# Whatever opens a socket; the one exception is the script that re-obtains the weights.
NETWORK = frozenset(
    "socket socketserver ssl http urllib ftplib smtplib poplib imaplib telnetlib nntplib "
    "xmlrpc webbrowser asyncio requests httpx aiohttp urllib3 websockets grpc".split()
)
OPENS_NOTHING = frozenset({"urllib.parse"})
NETWORK_EXCEPTION = PACKAGE / "workshop" / "fetch_weights.py"
LOCAL_SOCKETS = PACKAGE / "preflight.py"
"""Asks the display server of this machine whether it answers."""

MAY_SPEAK = frozenset({"cli", "__main__", "preflight"})
MAX_LINES = 400


COMPUTED = "<computed>"
"""An import by a name made at run time: only the lazy public API does that, and what stands in for
modules that MediaPipe loads in vain."""
STAND_INS = PACKAGE / "tracking" / "vendor.py"


@dataclass(frozen=True)
class Import:
    """One imported name of one file."""

    path: Path
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path, package: Path = PACKAGE) -> str:
    """Return the room a file belongs to; the empty name is the package's own __init__."""
    first = path.relative_to(package).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imports_of(path: Path, package: Path = PACKAGE) -> list[Import]:
    """Return every import of a file, those under TYPE_CHECKING and in functions included."""
    found: list[Import] = []
    here = ["ar_preview", *path.relative_to(package).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            found += [Import(path, node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                module = ".".join([*here[: -node.level], *([module] if module else [])])
            if module == "ar_preview":
                found += [
                    Import(path, node.lineno, f"ar_preview.{alias.name}") for alias in node.names
                ]
            else:
                found.append(Import(path, node.lineno, module))
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"importlib.import_module", "import_module", "__import__"}
            and node.args
        ):
            argument = node.args[0]
            name = argument.value if isinstance(argument, ast.Constant) else COMPUTED
            found.append(Import(path, node.lineno, str(name)))
    return found


def all_imports() -> list[Import]:
    return [found for path in sources() for found in imports_of(path)]


def floor_problem(found: Import, package: Path = PACKAGE) -> str | None:
    """Return what is wrong with an import by the floors, or None."""
    top, _, rest = found.module.partition(".")
    if found.module == COMPUTED and found.path == STAND_INS:
        return None
    if found.module == COMPUTED and room_of(found.path, package) != "":
        return "a computed import hides where it points"
    if top != "ar_preview":
        return None
    room, target = room_of(found.path, package), rest.split(".")[0]
    if target not in LEVEL:
        return f"{found.module} is no room; import from the module itself"
    if room == "":
        return None if LEVEL[target] <= JOIN else f"the public API must not import {target}"
    if room == target or LEVEL[target] < LEVEL[room]:
        return None
    return f"{room} ({FLOORS[LEVEL[room]][0]}) must not import {target}"


def test_every_room_is_on_a_floor() -> None:
    rooms = {room_of(path) for path in sources()} - {""}
    assert rooms <= LEVEL.keys(), f"enter these in FLOORS: {sorted(rooms - LEVEL.keys())}"


def test_imports_point_down_only() -> None:
    problems = [f"{i}: {problem}" for i in all_imports() if (problem := floor_problem(i))]
    assert not problems, "\n".join(problems)


def test_vendors_stay_in_their_rooms() -> None:
    problems = []
    for found in all_imports():
        top = found.module.split(".")[0]
        room = room_of(found.path)
        if top in sys.stdlib_module_names or top in {"ar_preview", COMPUTED}:
            continue
        if top == "numpy":
            if room in NUMPY_FREE:
                problems.append(f"{found}: {room} does without numpy")
        elif top not in VENDORS:
            problems.append(f"{found}: enter it in VENDORS and pyproject.toml")
        elif room not in VENDORS[top][1]:
            problems.append(f"{found}: only in {', '.join(sorted(VENDORS[top][1]))}")
    assert not problems, "\n".join(problems)


def test_vendors_are_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        required += extra
    declared = {re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0] for line in required}
    used = {found.module.split(".")[0] for found in all_imports()} & VENDORS.keys()
    missing = {VENDORS[name][0] for name in used} - declared
    assert not missing, f"declare in pyproject.toml: {sorted(missing)}"


def test_one_opencv_only() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    wheels = set(re.findall(r"^(opencv[a-z-]*)==", lock, re.MULTILINE))
    assert wheels == {"opencv-contrib-python"}


def test_no_network_in_the_program() -> None:
    problems = [
        str(found)
        for found in all_imports()
        if found.module.split(".")[0] in NETWORK
        and found.module not in OPENS_NOTHING
        and found.path != NETWORK_EXCEPTION
        and not (found.path == LOCAL_SOCKETS and found.module == "socket")
    ]
    assert not problems, "\n".join(problems)


def test_the_preflight_asks_this_machine_only() -> None:
    tree = ast.parse(LOCAL_SOCKETS.read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "socket"
    }
    assert used <= {"socket", "AF_UNIX", "SOCK_STREAM"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "socket.socket":
            assert node.args and ast.unparse(node.args[0]) == "socket.AF_UNIX"


def test_library_code_is_silent() -> None:
    forbidden = {
        "print": "prints",
        "sys.exit": "ends the process",
        "exit": "ends the process",
        "quit": "ends the process",
        "os._exit": "ends the process",
        "cv2.imshow": "opens a window",
        "cv2.namedWindow": "opens a window",
        "cv2.waitKey": "opens a window",
    }
    problems = []
    for path in sources():
        if room_of(path) in MAY_SPEAK:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        # What a script does when it is run as one is its own door.
        library = [
            node
            for node in tree.body
            if not (isinstance(node, ast.If) and "__main__" in ast.unparse(node.test))
        ]
        for node in (inner for outer in library for inner in ast.walk(outer)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in forbidden:
                what = forbidden[ast.unparse(node.func)]
                problems.append(f"{path.relative_to(ROOT)}:{node.lineno} {what}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("folder", ["ar_preview", "tests"])
def test_files_are_of_a_size_to_read(folder: str) -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert not long, f"longer than {MAX_LINES} lines: {long}"


def test_every_module_has_a_docstring_and_postponed_annotations() -> None:
    problems = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        if not ast.get_docstring(tree):
            problems.append(f"{path.relative_to(ROOT)} has no docstring")
        exempt = path.name == "__init__.py" or room_of(path) == "preflight"
        if not exempt and "from __future__ import annotations\n" not in text:
            problems.append(f"{path.relative_to(ROOT)} lacks from __future__ import annotations")
    assert not problems, "\n".join(problems)


def test_nothing_is_left_to_do() -> None:
    # Split, so that this file passes its own test.
    marks = re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|XX" + r"X|NotImplemented" + r"Error)\b")
    problems = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ("ar_preview", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert not problems, "\n".join(problems)


def test_nothing_tells_of_the_machine_it_was_made_on() -> None:
    # Split, so that this file passes its own test.
    marks = re.compile(r"/wor" r"k/|/roo" r"t/|/hom" r"e/[a-z]|pythonhost" r"ed|pypi\." r"org")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    kinds = {".py", ".toml", ".md", ".lock", ".yaml", ".glsl", ".ipynb", ".json", ".csv", ""}
    problems = []
    for path in sorted(ROOT / name for name in listed.stdout.split("\0") if name):
        if path.suffix not in kinds or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if marks.search(line):
                problems.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not problems, "\n".join(problems)


def test_the_lock_names_no_address() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "://" in line or line.startswith("-")]
    pins = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert len(pins) > 50
    assert all("==" in line and line.endswith("\\") for line in pins)


# The rules themselves: an import that breaks one is seen.


@pytest.mark.parametrize(
    ("file", "code", "allowed"),
    [
        ("tracking/face.py", "from ar_preview.tracks import FaceTrack", True),
        ("tracking/face.py", "from ar_preview.tracking.weights import load", True),
        ("tracking/face.py", "from .weights import load", True),
        ("tracking/face.py", "from ..registration import Registration", False),
        ("tracking/face.py", "import ar_preview.preview", False),
        ("tracking/face.py", "from ar_preview import Preview", False),
        ("tracking/face.py", "def f():\n    from ar_preview import cli", False),
        ("tracking/face.py", "__import__('ar_preview.cli')", False),
        ("tracking/face.py", "import_module(name)", False),
        ("scene.py", "from ar_preview.products.product import Product", True),
        ("products/product.py", "from ar_preview.scene import Scene", False),
        ("tracks.py", "if TYPE_CHECKING:\n    from ar_preview.poses import Poses", False),
        ("geometry.py", "from ar_preview.frames import Frame", False),
        ("app/window.py", "from ar_preview.workshop import thumbnails", False),
        ("app/window.py", "from ar_preview.exports import PoseLog", True),
        ("__init__.py", "from ar_preview.preview import Preview", True),
        ("__init__.py", "from ar_preview.cli import main", False),
        ("cli.py", "from ar_preview.app import run", True),
        ("tracking/face.py", "from ar_preview.surprise import thing", False),
    ],
)
def test_the_floor_rule_sees(tmp_path: Path, file: str, code: str, allowed: bool) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code, encoding="utf-8")
    (found,) = imports_of(path, tmp_path)
    assert (floor_problem(found, tmp_path) is None) == allowed
