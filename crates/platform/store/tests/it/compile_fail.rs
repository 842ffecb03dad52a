//! What must not build: calling another module needs `&CallCtx`, which an open unit of work holds mutably.
//!
//! The cases are compiled against the libraries that this very test was linked with, so that the proof takes a
//! second; a harness that builds all dependencies again, C code included, would take minutes.

use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn a_seam_call_inside_a_unit_of_work_does_not_build() {
    let compiler = Compiler::find();
    for case in ["seam_call_in_unit", "seam_call_after_last_use"] {
        let errors = compiler.compile(case).expect_err("the context is borrowed");
        let codes: Vec<&str> = errors
            .lines()
            .filter(|line| line.contains("error["))
            .collect();
        assert_eq!(codes.len(), 1, "{case}: {errors}");
        assert!(
            codes[0].contains("error[E0502]") && codes[0].contains("`ctx`"),
            "{case}: {errors}"
        );
        let call = format!("{case}.rs:{}:", line_of(case, "call_another_module(&ctx)"));
        assert!(
            codes[0].contains(&call),
            "{case} fails elsewhere than at {call} {errors}"
        );
    }
}

/// The compiler with the libraries that go together.
struct Compiler {
    libraries: PathBuf,
    store: PathBuf,
    kernel: PathBuf,
}

impl Compiler {
    /// Tries the newest libraries first; the right ones let the case pass that keeps the rule.
    fn find() -> Self {
        let own = std::env::current_exe().expect("a test is a file");
        let libraries = own.parent().expect("in a directory").to_owned();
        let (stores, kernels) = (
            newest(&libraries, "libtenon_store-"),
            newest(&libraries, "libtenon_kernel-"),
        );
        let mut last = String::new();
        for (store, kernel) in stores
            .iter()
            .flat_map(|store| kernels.iter().map(move |kernel| (store, kernel)))
        {
            let compiler = Self {
                libraries: libraries.clone(),
                store: store.clone(),
                kernel: kernel.clone(),
            };
            match compiler.compile("seam_call_after_commit") {
                Ok(()) => return compiler,
                Err(errors) => last = errors,
            }
        }
        panic!("the case that keeps the rule does not build: {last}");
    }

    fn compile(&self, case: &str) -> Result<(), String> {
        let out = tempfile::tempdir().expect("a temporary directory");
        let outcome = Command::new("rustc")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args([
                "--edition=2024",
                "--emit=metadata",
                "--error-format=short",
                "--out-dir",
            ])
            .arg(out.path())
            .arg("-L")
            .arg(named("dependency", &self.libraries))
            .arg("--extern")
            .arg(named("tenon_store", &self.store))
            .arg("--extern")
            .arg(named("tenon_kernel", &self.kernel))
            .arg(file(case))
            .output()
            .expect("the compiler runs");
        if outcome.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&outcome.stderr).into_owned())
        }
    }
}

fn newest(libraries: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(libraries)
        .expect("the directory of the test")
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let is_library = Path::new(&name)
                .extension()
                .is_some_and(|kind| kind == "rlib");
            is_library && name.to_str().is_some_and(|name| name.starts_with(prefix))
        })
        .collect();
    found.sort_by_key(|entry| {
        std::cmp::Reverse(
            entry
                .metadata()
                .and_then(|metadata| metadata.modified())
                .ok(),
        )
    });
    found.iter().map(std::fs::DirEntry::path).collect()
}

fn named(name: &str, path: &Path) -> String {
    format!("{name}={}", path.display())
}

fn file(case: &str) -> PathBuf {
    Path::new("tests/it/compile_fail")
        .join(case)
        .with_extension("rs")
}

fn line_of(case: &str, text: &str) -> usize {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(file(case));
    let source = std::fs::read_to_string(source).expect("the case can be read");
    1 + source
        .lines()
        .position(|line| line.contains(text))
        .expect("the case holds the call")
}
