"""Products: manifests, meshes, the catalogue."""
