//! Work of a solve, counted: an algorithm that got slower or faster fails here without a clock.

use economy::synthetic::{Full, Synthetic};
use equilibrium::{Evaluation, Solve, Status, Work, reference_residuals};
use rstest::rstest;

#[rstest]
//    products, regions | Newton steps, linear iterations | where
#[case(10, 10, 4, 31)] // smallest of the scaling curve
#[case(20, 10, 5, 34)]
#[case(42, 31, 5, 33)] // China by provinces
#[case(100, 3, 5, 33)] // few regions
#[case(2, 300, 4, 50)] // few products
fn a_shock_solves_at_a_known_cost(
    #[case] products: usize,
    #[case] regions: usize,
    #[case] newton_steps: usize,
    #[case] linear_iterations: usize,
) {
    let economy = Synthetic::new(products, regions, 1);
    let system = economy.system();
    let mut evaluation = Evaluation::new(&system);
    let found = economy.solve(&system, &mut evaluation, 0.2);
    assert!(reference_residuals(&system, &evaluation).iter().all(|x| x.abs() < 1e-9));
    costs(found, newton_steps, linear_iterations);
}

#[rstest]
//    products, regions | Newton steps, linear iterations | where
#[case(10, 10, 5, 35)] // smallest of the scaling curve
#[case(42, 31, 5, 39)] // China by provinces
#[case(60, 80, 5, 39)]
fn margins_and_owners_cost_a_few_iterations(
    #[case] products: usize,
    #[case] regions: usize,
    #[case] newton_steps: usize,
    #[case] linear_iterations: usize,
) {
    let economy = Full::new(products, regions, 1);
    let system = economy.system();
    let mut evaluation = Evaluation::new(&system);
    let found = economy.solve(&system, &mut evaluation, 0.2);
    assert!(Full::walras(&system, &mut evaluation).abs() < 1e-9);
    costs(found, newton_steps, linear_iterations);
}

fn costs(found: Solve, newton_steps: usize, linear_iterations: usize) {
    assert_eq!(found.status, Status::Solved);
    let work = Work {
        newton_steps,
        linear_iterations,
        residuals: newton_steps + 1,
        factorisations: 0,
        shock_steps: 1,
    };
    assert_eq!(found.work, work, "an algorithm became slower or faster");
    assert!(found.equilibrium().is_ok_and(|point| point[0].abs() > 1e-4));
}
