//! Lists `docs/errors` so that a release binary carries the pages; a debug build reads them where they lie,
//! so that writing a page rebuilds nothing.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/errors");
    let release = env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    println!("cargo::rerun-if-changed=build.rs");

    let mut pages = String::new();
    if release {
        println!("cargo::rerun-if-changed={}", directory.display());
        let listed = fs::read_dir(&directory)
            .map_err(|error| io::Error::other(format!("{}: {error}", directory.display())))?;
        let mut files: Vec<PathBuf> = listed
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
        files.sort();
        for file in files {
            let code = file.file_stem().unwrap_or_default().to_string_lossy();
            let path = file.canonicalize()?;
            writeln!(
                pages,
                "    ({code:?}, include_str!({:?})),",
                path.display().to_string()
            )
            .map_err(io::Error::other)?;
        }
    }
    let read_from = if release {
        "None".to_owned()
    } else {
        format!("Some({:?})", directory.display().to_string())
    };
    let text = format!(
        "/// The pages by code, sorted.\nstatic PAGES: &[(&str, &str)] = &[\n{pages}];\n\
         /// Where a debug build reads them.\nconst DIRECTORY: Option<&str> = {read_from};\n"
    );
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(PathBuf::from(out).join("error_pages.rs"), text)
}
