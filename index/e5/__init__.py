"""The default encoder: multilingual-e5-small, its 4-bit weights rebuilt as an int8 ONNX graph."""
