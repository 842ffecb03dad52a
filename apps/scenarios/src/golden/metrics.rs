//! Reads what the server counts about itself.

use std::collections::BTreeMap;

/// Calls to other modules for one request that succeeds on average, by operation and callee; `None` if the server does
/// not count them.
pub(crate) fn seam_calls(text: &str) -> Option<BTreeMap<String, BTreeMap<String, f64>>> {
    let mut requests: BTreeMap<String, f64> = BTreeMap::new();
    let mut calls: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for line in text.lines() {
        let Some((name, labels, value)) = sample(line) else {
            continue;
        };
        let Some(operation) = label(labels, "operation") else {
            continue;
        };
        if label(labels, "status").as_deref() != Some("2xx") {
            continue;
        }
        match (name, label(labels, "callee")) {
            ("tenon_http_requests_total", _) => *requests.entry(operation).or_default() += value,
            ("tenon_http_seam_calls_total", Some(callee)) => {
                calls.entry(operation).or_default().insert(callee, value);
            }
            _ => {}
        }
    }
    if calls.is_empty() {
        return None;
    }
    for (operation, callees) in &mut calls {
        let answered = requests.get(operation).copied().unwrap_or(1.0).max(1.0);
        for count in callees.values_mut() {
            *count = (*count / answered * 1_000.0).round() / 1_000.0;
        }
    }
    Some(calls)
}

/// `name{labels} value`
fn sample(line: &str) -> Option<(&str, &str, f64)> {
    let (name, rest) = line.split_once('{')?;
    let (labels, value) = rest.rsplit_once("} ")?;
    Some((name, labels, value.trim().parse().ok()?))
}

fn label(labels: &str, name: &str) -> Option<String> {
    labels.split(',').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then(|| value.trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_divided_by_the_requests_of_their_operation() {
        let text = "# TYPE tenon_http_requests_total counter\n\
            tenon_http_requests_total{operation=\"get_cart\",status=\"2xx\"} 3\n\
            tenon_http_requests_total{operation=\"get_cart\",status=\"4xx\"} 1\n\
            tenon_http_seam_calls_total{callee=\"catalog\",operation=\"get_cart\",status=\"2xx\"} 6\n\
            tenon_http_seam_calls_total{callee=\"catalog\",operation=\"get_cart\",status=\"4xx\"} 9\n";
        let calls = seam_calls(text).expect("counted");
        assert_eq!(calls["get_cart"]["catalog"].to_string(), "2");
        assert_eq!(
            seam_calls("tenon_http_requests_total{operation=\"a\",status=\"2xx\"} 1\n"),
            None
        );
    }
}
