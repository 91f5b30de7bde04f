#include "apps/reelbatch/priced_time.h"

#include <chrono>

namespace reelbatch::app {

void AddPriced(const contracts::VideoOutcome& outcome, PricedTime& time) {
  for (const contracts::ComponentCost& cost : outcome.costs) {
    if (!cost.predicted_ms || !cost.cpu) {
      ++time.not_priced;
      continue;
    }
    time.predicted_s += *cost.predicted_ms / 1e3;
    time.actual_s += std::chrono::duration<double>(*cost.cpu).count();
  }
}

}  // namespace reelbatch::app
