//! Transport, retries, token caching, errors and telemetry for HTTP API clients.
