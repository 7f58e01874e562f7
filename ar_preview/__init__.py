"""AR product preview: 3D products worn by the person in the picture."""
