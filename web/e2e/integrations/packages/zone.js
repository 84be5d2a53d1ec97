// Loaded before the application, as Angular's builds do.
import "zone.js";
