//! Logs, traces and metrics of a process.
//!
//! Logs go to standard error, as JSON or for people; spans go out by OTLP when an endpoint is configured;
//! metrics are the default Prometheus registry, which `tenon-web` serves on the operations listener.

mod process;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

pub use self::process::register_process_metrics;

/// `[telemetry]`
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetrySettings {
    /// `json` for machines, `pretty` for people.
    pub log_format: LogFormat,
    /// What is logged, as `tracing` directives: `info,tenon_seam=debug`.
    pub log_filter: String,
    /// Where spans go: an OTLP endpoint over HTTP such as `http://127.0.0.1:4318/v1/traces`; empty means nowhere.
    pub otlp_endpoint: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// One line for people.
    Pretty,
}

/// Telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// `telemetry.log_filter` cannot be read.
    #[error("setting `telemetry.log_filter` is not a list of tracing directives")]
    Filter(#[source] tracing_subscriber::filter::ParseError),
    /// `telemetry.otlp_endpoint` cannot be used.
    #[error("setting `telemetry.otlp_endpoint` cannot be used")]
    Otlp(#[source] opentelemetry_otlp::ExporterBuildError),
    /// Something else is logging already.
    #[error("logging was set up twice")]
    Twice(#[source] tracing_subscriber::util::TryInitError),
}

/// Flushes spans when the process stops.
#[must_use = "spans are flushed when this is stopped"]
#[derive(Debug)]
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self {
            log_format: LogFormat::Json,
            log_filter: "info".to_owned(),
            otlp_endpoint: String::new(),
        }
    }
}

impl Telemetry {
    /// Sets up logs and traces of this process; `service` names it in traces.
    ///
    /// # Errors
    ///
    /// [`TelemetryError`] names the setting that cannot be used.
    pub fn start(
        settings: &TelemetrySettings,
        service: &str,
    ) -> Result<Self, TelemetryError> {
        let filter = EnvFilter::builder()
            .parse(&settings.log_filter)
            .map_err(TelemetryError::Filter)?;
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let lines = match settings.log_format {
            LogFormat::Json => lines
                .json()
                .flatten_event(true)
                .with_span_list(false)
                .boxed(),
            LogFormat::Pretty => lines.with_target(false).boxed(),
        };
        let provider = tracer_provider(settings, service)?;
        let spans = provider
            .as_ref()
            .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("tenon")));
        tracing_subscriber::registry()
            .with(filter)
            .with(lines)
            .with(spans)
            .try_init()
            .map_err(TelemetryError::Twice)?;
        register_process_metrics();
        Ok(Self { provider })
    }

    /// Sends what is left.
    pub fn stop(self) {
        if let Some(provider) = self.provider
            && let Err(error) = provider.shutdown()
        {
            tracing::warn!(error = %error, "the last spans were not sent");
        }
    }
}

fn tracer_provider(
    settings: &TelemetrySettings,
    service: &str,
) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    if settings.otlp_endpoint.is_empty() {
        return Ok(None);
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(&settings.otlp_endpoint)
        .build()
        .map_err(TelemetryError::Otlp)?;
    let resource = Resource::builder().with_service_name(service.to_owned()).build();
    Ok(Some(
        SdkTracerProvider::builder()
            .with_resource(resource)
            .with_batch_exporter(exporter)
            .build(),
    ))
}
