#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// Which row of the model of a component's stage is requested.
struct ModelQuery {
  std::string component;
  std::string stage = {};  // CostSubject::component_part; empty: the component has one stage
  std::string runtime = "inprocess";
  std::string model_signature = {};
  std::string device = {};  // id of a profile; empty: any
  int threads = 1;          // of one batch
};

/// The best row for the cost of batches of the model: of the component and runtime, with
/// points; then the same model before another one, the same device before another one, the same
/// number of threads, the later date, the later position. Errors: not_measured (there is none; the
/// message has the command that measures it).
base::Result<contracts::CostRow> FindModelRow(std::span<const contracts::CostTable> tables,
                                              const ModelQuery& query);

}  // namespace reelbatch::costs
