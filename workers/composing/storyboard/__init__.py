"""What a video shows at each moment: pure functions of its manifest."""
