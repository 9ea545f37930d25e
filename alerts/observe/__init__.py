"""What operators see: logs, metrics, health. Ages before counts; secrets never."""
