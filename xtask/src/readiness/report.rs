//! One module's report: what blocks, what costs, and what each endpoint calls.

use std::collections::BTreeMap;

use crate::check::Finding;

/// What each check looks for; all are listed, so that a check that found nothing is seen.
pub(crate) const CHECKS: [&str; 10] = [
    "no-implementation-edge",
    "no-foreign-sql",
    "calls-are-declared",
    "methods-are-covered",
    "no-local-state",
    "errors-cross-the-seam",
    "commands-name-a-key",
    "retry-is-idempotent",
    "payloads-are-bounded",
    "contract-is-blessed",
];

/// What was found about one module.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) module: String,
    /// Must be gone before the module can leave.
    pub(crate) blocks: Vec<Finding>,
    /// Works, but somebody should know.
    pub(crate) costs: Vec<Finding>,
    pub(crate) endpoints: Vec<Endpoint>,
    /// Where the numbers of calls come from.
    pub(crate) counted: &'static str,
    /// Local state with its stated reason, by file.
    pub(crate) stated: BTreeMap<String, String>,
    /// What the predicted latency rests on; `None` if nothing was measured.
    pub(crate) measured: Option<String>,
}

/// An endpoint whose calls would leave the process.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) operation: String,
    pub(crate) file: std::path::PathBuf,
    pub(crate) line: usize,
    /// Calls that would go over the network, by `catalog.reserve` or `catalog`.
    pub(crate) calls: BTreeMap<String, f64>,
    /// The request itself is forwarded: the endpoint belongs to the module.
    pub(crate) is_forwarded: bool,
    /// Predicted, in microseconds.
    pub(crate) added_us: Option<f64>,
}

impl Endpoint {
    /// Network calls that one request makes or may make.
    pub(crate) fn hops(&self) -> f64 {
        self.calls.values().sum::<f64>() + f64::from(u8::from(self.is_forwarded))
    }
}

impl Report {
    pub(crate) fn new(module: &str) -> Self {
        Self {
            module: module.to_owned(),
            blocks: Vec::new(),
            costs: Vec::new(),
            endpoints: Vec::new(),
            counted: "",
            stated: BTreeMap::new(),
            measured: None,
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.blocks.is_empty()
    }

    pub(crate) fn print(&self, explain: bool) {
        let passed = CHECKS
            .iter()
            .filter(|rule| self.blocks.iter().all(|finding| finding.rule != **rule))
            .count();
        let verdict = if self.is_ready() { "ready" } else { "BLOCKED" };
        println!(
            "{}: {verdict}, {passed} of {} checks pass",
            self.module,
            CHECKS.len()
        );
        for rule in CHECKS {
            let of = |findings: &[Finding]| findings.iter().filter(|it| it.rule == rule).count();
            let (blocks, costs) = (of(&self.blocks), of(&self.costs));
            let state = match (blocks, costs) {
                (0, 0) => "ok".to_owned(),
                (0, costs) => format!("ok, {costs} to know"),
                (blocks, _) => format!("{blocks} in the way"),
            };
            println!("  {rule:<24} {state}");
            for finding in self.blocks.iter().filter(|finding| finding.rule == rule) {
                println!("    {finding}");
            }
            if explain {
                for finding in self.costs.iter().filter(|finding| finding.rule == rule) {
                    println!(
                        "    {}:{}: {}",
                        finding.file.display(),
                        finding.line,
                        finding.what
                    );
                }
            }
        }
        if explain {
            for (file, why) in &self.stated {
                println!("  state of this process, stated: {file}: {why}");
            }
        }
        self.print_endpoints(explain);
        println!();
    }

    fn print_endpoints(&self, explain: bool) {
        let forwarded = self.endpoints.iter().filter(|it| it.is_forwarded).count();
        let chatty = self
            .endpoints
            .iter()
            .filter(|it| !it.calls.is_empty())
            .count();
        println!(
            "  as a service: {forwarded} endpoints forwarded, {chatty} with calls between processes ({})",
            self.counted
        );
        match &self.measured {
            Some(source) => println!("  predicted latency: calls × {source}"),
            None => println!(
                "  predicted latency: none, no measurement of a call to another process is there"
            ),
        }
        let mut endpoints: Vec<&Endpoint> = self.endpoints.iter().collect();
        endpoints.sort_by(|a, b| {
            b.hops()
                .total_cmp(&a.hops())
                .then_with(|| a.operation.cmp(&b.operation))
        });
        for endpoint in endpoints
            .iter()
            .filter(|it| explain || !it.calls.is_empty())
        {
            let calls: Vec<String> = endpoint
                .calls
                .iter()
                .map(|(name, times)| {
                    if (*times - 1.0).abs() < f64::EPSILON {
                        name.clone()
                    } else {
                        format!("{name} ×{times}")
                    }
                })
                .collect();
            let added = endpoint
                .added_us
                .map_or_else(String::new, |us| format!(", +{us:.0} µs"));
            let forwarded = if endpoint.is_forwarded {
                "forwarded, "
            } else {
                ""
            };
            println!(
                "    {}: {forwarded}{} calls{added}: {}",
                endpoint.operation,
                endpoint.calls.values().sum::<f64>(),
                if calls.is_empty() {
                    "none".to_owned()
                } else {
                    calls.join(", ")
                }
            );
            if explain {
                println!("      {}:{}", endpoint.file.display(), endpoint.line);
            }
        }
    }
}
