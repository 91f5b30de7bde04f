#pragma once

#include "contracts/outcome.h"

namespace reelbatch::app {

/// Predicted and actual CPU time of work with a cost row, in seconds.
struct PricedTime {
  double predicted_s = 0;
  double actual_s = 0;
  int not_priced = 0;  // components of videos without a price or without a time
};

/// Adds the components of one outcome.
void AddPriced(const contracts::VideoOutcome& outcome, PricedTime& time);

}  // namespace reelbatch::app
