"""``product.toml``: the models of a manifest, and reading one with every error at once."""

from __future__ import annotations

import math
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError, field_validator

from ar_preview.errors import ProductError
from ar_preview.products.gltf.container import read_file
from ar_preview.products.limb_tables import ClockTable, StrapTable, Strict, Text
from ar_preview.products.nudge import Nudge
from ar_preview.products.plain_mesh import PLAIN_SUFFIXES
from ar_preview.products.relations import MODEL_SUFFIXES, related_problems

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "MANIFEST_NAME",
    "Anchor",
    "Category",
    "Commerce",
    "Dimensions",
    "Manifest",
    "ManifestError",
    "MaterialOverride",
    "TryOn",
    "Variant",
    "manifest_schema",
    "read_manifest",
]

MANIFEST_NAME = "product.toml"
_MAX_BYTES = 2**20
_RIGID_TOLERANCE = 1e-4

Category = Literal[
    "glasses", "hat", "over_ear", "earrings", "necklace", "ring", "watch", "bracelet"
]
"""What kind of piece it is; decides where it is worn."""

Anchor = Literal[
    "nose_bridge", "forehead", "crown", "ears", "earlobe", "neck", "finger_base", "wrist"
]
"""The place on the body that the product's origin is put on."""

Unit = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(ge=0.0)]
Rgb = tuple[Unit, Unit, Unit]
Rgb01Open = tuple[Positive, Positive, Positive]
Rgba = tuple[Unit, Unit, Unit, Unit]
Link = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Commerce(Strict):
    """What the shop says about the piece; field names of the Meta and Google product feeds."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    title: str = Field(min_length=1, max_length=200)
    description: str = Field("", max_length=9999)
    brand: str = Field("", max_length=100)
    price: str | None = Field(
        None, pattern=r"^\d{1,12}(\.\d{1,2})? [A-Z]{3}$", description="For example 149.00 EUR."
    )
    availability: (
        Literal[
            "in_stock",
            "out_of_stock",
            "preorder",
            "backorder",
            "in stock",
            "out of stock",
            "available for order",
            "discontinued",
        ]
        | None
    ) = Field(None, description="Google's values, or Meta's with spaces.")
    link: Link | None = None
    image_link: Link | None = None
    virtual_model_link: Link | None = None
    item_group_id: str | None = None
    color: str | None = None
    size: str | None = None
    material: str | None = None


def _mm(low: float, high: float, what: str) -> Any:
    return Field(None, ge=low, le=high, description=f"{what}, mm.")


class Dimensions(Strict):
    """Real dimensions in mm; which ones apply depends on the category."""

    lens_width: float | None = _mm(30, 170, "Boxed width of one lens (of the shield)")
    lens_height: float | None = _mm(15, 80, "Boxed height of a lens")
    bridge: float | None = _mm(0, 35, "Shortest distance between the lenses")
    temple_length: float | None = _mm(80, 170, "Hinge to tip, along the bend")
    frame_width: float | None = _mm(90, 180, "Widest point of the front")
    head_circumference: float | None = _mm(400, 680, "Inner circumference of a hat")
    height: float | None = _mm(1, 600, "Overall height")
    width: float | None = _mm(1, 600, "Overall width")
    depth: float | None = _mm(1, 600, "Overall depth")
    length: float | None = _mm(50, 1200, "Length along a chain or band, closed")
    inner_diameter: float | None = _mm(10, 120, "Inner diameter of a ring or bangle")
    band_width: float | None = _mm(0.5, 80, "Width of a band or strap")
    case_diameter: float | None = _mm(15, 65, "Diameter of a watch case")
    lug_to_lug: float | None = _mm(15, 75, "Lug to lug of a watch case")
    thickness: float | None = _mm(0.2, 60, "Thickness")

    def given(self) -> dict[str, float]:
        """Return the dimensions that the manifest states."""
        return {k: float(v) for k, v in self.model_dump(exclude_none=True).items()}


class MaterialOverride(Strict):
    """Values that replace those of a material of the model; names as in glTF, colours linear."""

    base_color: Rgba | Rgb | None = None
    metallic: Unit | None = None
    roughness: Unit | None = None
    normal_scale: float | None = None
    occlusion_strength: Unit | None = None
    emissive: Rgb01Open | None = None
    alpha_mode: Literal["OPAQUE", "MASK", "BLEND"] | None = None
    alpha_cutoff: Unit | None = None
    double_sided: bool | None = None
    ior: float | None = Field(None, ge=1.0, le=10.0)
    transmission: Unit | None = None
    thickness: float | None = Field(None, ge=0.0, le=1.0, description="Metres.")
    attenuation_color: Rgb | None = None
    attenuation_distance: float | None = Field(None, gt=0.0, description="Metres.")
    specular: Unit | None = None
    specular_color: Rgb01Open | None = None
    clearcoat: Unit | None = None
    clearcoat_roughness: Unit | None = None
    iridescence: Unit | None = None
    iridescence_ior: float | None = Field(None, ge=1.0, le=10.0)
    iridescence_thickness_nm: tuple[Positive, Positive] | None = None
    sheen_color: Rgb01Open | None = None
    sheen_roughness: Unit | None = None

    def given(self) -> dict[str, Any]:
        """Return the values to replace, under the field names of `Material`."""
        values = self.model_dump(exclude_none=True)
        if len(values.get("base_color", ())) == 3:
            values["base_color"] = (*values["base_color"], 1.0)
        return values


class Variant(Strict):
    """Another look of the same piece."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._ -]{0,99}$")
    title: Text | None = None
    color: Text | None = None
    materials: dict[str, str | MaterialOverride] = Field(
        default_factory=dict,
        description="By material of the model: the name of the material that takes its place, "
        "or values that replace some of its own.",
    )


Row = tuple[float, float, float, float]


class TryOn(Strict):
    """How the piece is worn and drawn."""

    category: Category
    anchor: Anchor
    finger: Literal["thumb", "index", "middle", "ring", "little"] | None = Field(
        None, description="For rings; the ring finger by default."
    )
    model: Text = "model.glb"
    lod: Text | None = Field(None, description="A lighter model with the same node names.")
    anchor_from_model: tuple[Row, Row, Row, Row] | None = Field(
        None, description="Rigid 4x4, row-major, metres: product space from the file's space."
    )
    dimensions_mm: Dimensions = Dimensions()
    fits_mm: tuple[Positive, Positive] | None = Field(
        None,
        description="Smallest and largest: inner diameters that a ring is made in, wrist "
        "circumferences that a watch or bracelet fits, head circumferences that a hat fits, "
        "lengths that a necklace is sold in.",
    )
    tilt_deg: float = Field(
        0.0, ge=-45.0, le=45.0, description="How far a hat's front is raised above its usual seat."
    )
    hangs: tuple[Text, ...] = Field(
        (), max_length=16, description="Nodes of an earring that hang freely from their origins."
    )
    nudge: Nudge = Field(
        Nudge(), description="By hand, where it does not sit as it should by itself."
    )
    leave_out: tuple[Text, ...] = Field(
        (), max_length=100, description="Nodes of the model that are not worn: a dummy's head."
    )
    strap: StrapTable | None = None
    clock: ClockTable | None = None
    materials: dict[str, MaterialOverride] = Field(default_factory=dict)
    variants: list[Variant] = Field(default_factory=list, max_length=100)

    @field_validator("anchor_from_model")
    @classmethod
    def _rigid(cls, rows: tuple[Row, Row, Row, Row] | None) -> tuple[Row, Row, Row, Row] | None:
        if rows is None:
            return rows
        matrix = np.array(rows)
        rotation = matrix[:3, :3]
        if not np.allclose(matrix[3], (0.0, 0.0, 0.0, 1.0), atol=1e-9):
            raise ValueError("the last row must be 0 0 0 1 (row-major, translation at the right)")
        if np.abs(rotation @ rotation.T - np.eye(3)).max() > _RIGID_TOLERANCE:
            raise ValueError("must be rigid (rotation and translation); give the model in metres")
        if np.linalg.det(rotation) < 0:
            raise ValueError("must not mirror (its determinant is -1)")
        if np.abs(matrix[:3, 3]).max() > 10.0:
            raise ValueError("must be in metres, the translation is beyond 10 m")
        return rows


class Manifest(Strict):
    """A product folder's ``product.toml``."""

    schema_version: Literal[1]
    commerce: Commerce
    try_on: TryOn


class ManifestError(ProductError):
    """Something in ``product.toml`` is wrong.

    Parameters
    ----------
    path : Path
        The manifest.
    problems : sequence of str
        One or more; a single one makes a message of one line, several a line each.
    """

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            text = f"{path}: {self.problems[0]}"
        else:
            heading = f"{path}: {len(self.problems)} problems; correct them:"
            text = "\n".join([heading, *(f"  {problem}" for problem in self.problems)])
        super().__init__(text)


def manifest_schema() -> dict[str, Any]:
    """Return the JSON schema of ``product.toml``."""
    schema = Manifest.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _where(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        # Pydantic adds the union branch it tried; the author of the file never wrote that.
        if isinstance(part, str) and (part in {"str", "MaterialOverride"} or "[" in part):
            continue
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text or "the file"


def _pydantic_problems(error: ValidationError) -> list[str]:
    problems = []
    for entry in error.errors(include_url=False):
        came = entry["input"]
        shown = "nothing" if entry["type"] == "missing" else repr(came)
        if isinstance(came, float) and not math.isfinite(came):
            shown = str(came)
        message = entry["msg"].removeprefix("Value error, ")
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        problems.append(f"{_where(entry['loc'])}: {message}, got {shown}")
    return problems


def _needs() -> str:
    """Return a phrase with what every manifest must state."""
    tables = []
    for table, model in (("commerce", Commerce), ("try_on", TryOn)):
        names = [name for name, entry in model.model_fields.items() if entry.is_required()]
        tables.append(f"[{table}] with {' and '.join(names)}")
    return (
        f"it needs schema_version = 1, {' and '.join(tables)}; "
        "`ar-preview products schema` prints all fields"
    )


def _without_manifest(folder: Path) -> str:
    """Return what a folder without a manifest holds instead, and what to do with that."""
    suffixes = (*MODEL_SUFFIXES, *PLAIN_SUFFIXES)
    entries = sorted(folder.iterdir())
    models = [p.name for p in entries if p.suffix.lower() in suffixes and p.is_file()]
    if models:
        shown = ", ".join(models[:6]) + (", ..." if len(models) > 6 else "")
        return (
            f"holds no {MANIFEST_NAME}, only the model{'s' if len(models) > 1 else ''} {shown}; "
            f"give a model directly: {folder / models[0]}"
        )
    products = [p.name for p in entries if (p / MANIFEST_NAME).is_file()]
    if products:
        return f"holds no {MANIFEST_NAME}, but product folders; give {folder / products[0]}"
    return (
        f"holds no {MANIFEST_NAME} and no model ({', '.join(suffixes)}); give a product folder, a "
        "model file or a catalogue id"
    )


def read_manifest(folder: Path) -> Manifest:
    """Read and check ``product.toml`` of a product folder.

    Raises
    ------
    ProductError
        If the file is missing or no TOML.
    ManifestError
        With every problem found in it: where, what was expected, what came.
    """
    path = folder / MANIFEST_NAME
    try:
        missing = _without_manifest(folder) if folder.is_dir() and not path.exists() else None
    except OSError as error:
        raise ProductError(f"{folder}: cannot be read ({error}); check its rights") from error
    if missing:
        raise ProductError(f"{folder}: {missing}")
    raw = read_file(path, _MAX_BYTES, remedy=_needs())
    try:
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ProductError(f"{path}: is not valid TOML ({error}); save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ProductError(f"{path}: is not valid TOML ({error}); correct that line") from error
    if not data:
        raise ProductError(f"{path}: it states nothing; {_needs()}")
    problems: list[str] = []
    manifest: Manifest | None = None
    try:
        manifest = Manifest.model_validate(data)
    except ValidationError as error:
        problems = _pydantic_problems(error)
    problems += related_problems(data, folder)
    unique = list(dict.fromkeys(problems))
    if unique or manifest is None:
        raise ManifestError(path, unique)
    return manifest
