#include "runtime/simulator/rivals.h"

#include <limits>
#include <utility>

namespace reelbatch::runtime {

using planning::BatchRule;

std::vector<Baseline> BaselinesOf(const Scenario& scenario) {
  std::vector<Baseline> baselines{
      {.name = "reelbatch",
       .way = "measured batch sizes, learned limits, best division of the last units",
       .scenario = scenario}};
  const auto add = [&](std::string name, std::string way, auto&& change) {
    Scenario changed = scenario;
    change(changed);
    baselines.push_back(
        {.name = std::move(name), .way = std::move(way), .scenario = std::move(changed)});
  };
  add("seed formula", "the largest batch that the formula allows; learns no limits",
      [](Scenario& s) {
        s.policy.rule = BatchRule::kFormula;
        s.policy.learns_limits = false;
      });
  add("fixed batch 8", "a constant batch size, without regard to memory (cosmos-xenna)",
      [](Scenario& s) {
        s.policy.rule = BatchRule::kFixed;
        s.policy.fixed_batch = 8;
        s.policy.learns_limits = false;
      });
  add("Triton-like", "up to the cap of the component or 100 ms, without regard to memory",
      [](Scenario& s) {
        s.policy.rule = BatchRule::kFixed;
        s.policy.fixed_batch = std::numeric_limits<int>::max();
        s.policy.max_queue_delay = std::chrono::milliseconds(100);
        s.policy.learns_limits = false;
      });
  add("halve and restart",
      "the cap; when memory runs out, it starts again with half of it (accelerate, Lightning)",
      [](Scenario& s) {
        s.policy.rule = BatchRule::kFixed;
        s.policy.fixed_batch = std::numeric_limits<int>::max();
        constexpr int kUntilItFits = 32;
        s.policy.max_attempts = kUntilItFits;
        s.restart_on_oom = true;
      });
  add("batch 1", "every unit in its own batch", [](Scenario& s) {
    s.policy.rule = BatchRule::kFixed;
    s.policy.fixed_batch = 1;
  });
  return baselines;
}

}  // namespace reelbatch::runtime
