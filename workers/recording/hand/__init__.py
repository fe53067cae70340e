"""The hand: pointer and keyboard input that takes as long as a person's."""
