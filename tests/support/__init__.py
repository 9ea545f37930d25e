"""What the outer rings of the tests share: loopback servers with faults, and the service under test."""
