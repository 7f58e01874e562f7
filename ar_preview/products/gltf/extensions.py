"""What becomes of each glTF extension, and which ones make a file unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.errors import ProductError
from ar_preview.products.gltf.draco import DRACO, has_draco

if TYPE_CHECKING:
    from ar_preview.products.gltf.container import Container

__all__ = ["HONOURED", "check_required", "treatments"]

_MOST_TOLD, _LONGEST_NAME = 100, 60

HONOURED: dict[str, str] = {
    "KHR_materials_transmission": "what is behind shows through, sharp whatever its roughness",
    "KHR_materials_volume": "its thickness and attenuation tint what is seen through, unbent",
    "KHR_materials_ior": "sets how strongly it reflects; what is seen through is not bent",
    "KHR_materials_clearcoat": "drawn as a second, clear layer with its own normals",
    "KHR_materials_specular": "scales and tints the reflection",
    "KHR_materials_iridescence": "drawn as a thin film",
    "KHR_materials_sheen": "drawn as the soft fibres of cloth",
    "KHR_materials_emissive_strength": "multiplied into the emission",
    "KHR_materials_unlit": "drawn as its base colour, whatever the light",
    "KHR_materials_variants": "each variant can be chosen by name",
    "KHR_materials_pbrSpecularGlossiness": "converted to metallic-roughness",
    "KHR_texture_transform": "applied to the texture coordinates",
    "KHR_mesh_quantization": "decoded",
    "EXT_texture_webp": "decoded",
}
"""Extensions that change the picture as their specification says."""

_HARMLESS: dict[str, str] = {
    "KHR_materials_anisotropy": "ignored, highlights are round",
    "KHR_materials_dispersion": "ignored, glass has one index of refraction",
    "KHR_materials_diffuse_transmission": "ignored, the surface is opaque",
    "KHR_lights_punctual": "ignored, the light is that of the picture",
    "KHR_xmp": "ignored, it only describes the file",
    "KHR_xmp_json_ld": "ignored, it only describes the file",
    "KHR_animation_pointer": "ignored, the product stands still",
    "KHR_node_visibility": "ignored, all nodes are drawn",
    "MSFT_lod": "ignored, the first level is used",
}

_UNREADABLE: dict[str, str] = {
    DRACO: (
        "the mesh is compressed with Draco; install the decoder (`pip install DracoPy`) or export "
        "it without compression (`gltf-transform copy in.glb out.glb` decodes it)"
    ),
    "EXT_meshopt_compression": (
        "the mesh is compressed with meshopt, for which there is no decoder here; export it "
        "without compression (`gltf-transform copy in.glb out.glb` decodes it)"
    ),
    "KHR_meshopt_compression": (
        "the mesh is compressed with meshopt, for which there is no decoder here; export it "
        "without compression"
    ),
    "KHR_texture_basisu": (
        "its textures are KTX2 (Basis Universal), for which there is no decoder here; export them "
        "as PNG or JPEG"
    ),
    "EXT_mesh_gpu_instancing": (
        "it uses GPU instancing, which is not supported; export the copies as separate nodes"
    ),
}


def treatments(container: Container) -> dict[str, str]:
    """Return the extensions that a file says it uses, and what is done with each."""
    names = container.root.texts("extensionsUsed")[:_MOST_TOLD]
    shown = ["".join(c for c in name[:_LONGEST_NAME] if c.isprintable()) for name in names]
    return {name: _treatment(name) for name in shown}


def _treatment(name: str) -> str:
    """Say in a few words what is done with an extension."""
    if name in HONOURED:
        return HONOURED[name]
    if name in _HARMLESS:
        return _HARMLESS[name]
    if name == DRACO and has_draco():
        return "decoded"
    if name in _UNREADABLE:
        return "optional in this file, its plain fallback is used"
    return "unknown, ignored"


def check_required(container: Container) -> None:
    """Refuse a file that cannot be drawn without an extension that is not supported.

    Raises
    ------
    ProductError
        Naming the extension and the remedy.
    """
    for name in container.root.texts("extensionsRequired"):
        if name == DRACO and has_draco():
            continue
        if name in _UNREADABLE:
            raise ProductError(f"{container.path}: {_UNREADABLE[name]}")
        if name not in HONOURED and name not in _HARMLESS:
            raise ProductError(
                f"{container.path}: it requires the extension {name[:60]!r}, which is not "
                "supported; export it without that extension"
            )
