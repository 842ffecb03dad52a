//! What must not build.

/// Calling another module needs `&CallCtx`, which an open unit of work holds mutably.
#[test]
fn a_seam_call_inside_a_unit_of_work_does_not_build() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/it/compile_fail/seam_call_after_commit.rs");
    cases.compile_fail("tests/it/compile_fail/seam_call_in_unit.rs");
    cases.compile_fail("tests/it/compile_fail/seam_call_before_drop.rs");
}
