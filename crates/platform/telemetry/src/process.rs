//! Memory, open files and tasks of the process, read when metrics are scraped.

use std::fs;

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntGauge, Opts};

/// Registers the process gauges once; a second call changes nothing.
pub fn register_process_metrics() {
    // AlreadyReg is the second call.
    drop(prometheus::register(Box::new(ProcessCollector::new())));
}

struct ProcessCollector {
    resident_bytes: IntGauge,
    open_files: IntGauge,
    tasks: IntGauge,
}

impl ProcessCollector {
    fn new() -> Self {
        let gauge = |name: &str, help: &str| {
            IntGauge::with_opts(Opts::new(name, help))
                .expect("the name follows the Prometheus rules")
        };
        Self {
            resident_bytes: gauge(
                "process_resident_memory_bytes",
                "Resident memory size in bytes.",
            ),
            open_files: gauge("process_open_fds", "Number of open file descriptors."),
            tasks: gauge("tokio_alive_tasks", "Number of tasks that have not ended."),
        }
    }
}

impl Collector for ProcessCollector {
    fn desc(&self) -> Vec<&Desc> {
        [
            self.resident_bytes.desc(),
            self.open_files.desc(),
            self.tasks.desc(),
        ]
        .concat()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        if let Some(bytes) = resident_bytes() {
            self.resident_bytes.set(bytes);
        }
        if let Ok(entries) = fs::read_dir("/proc/self/fd") {
            self.open_files
                .set(i64::try_from(entries.count()).unwrap_or(i64::MAX));
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let tasks = runtime.metrics().num_alive_tasks();
            self.tasks.set(i64::try_from(tasks).unwrap_or(i64::MAX));
        }
        [
            self.resident_bytes.collect(),
            self.open_files.collect(),
            self.tasks.collect(),
        ]
        .concat()
    }
}

/// `VmRSS` of `/proc/self/status` (proc(5)); absent on systems without procfs.
fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
