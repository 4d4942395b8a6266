"""How many wrong sentences the checks of a model's prose catch, and how many right ones they stop."""
