#include "apps/reelbatch/models/run_models.h"

#include <fmt/format.h>

#include <utility>

#include "apps/reelbatch/bench/bench_session.h"
#include "costs/model_rows.h"

namespace reelbatch::app {

RunModels::RunModels(ModelOptions options, int threads, std::vector<contracts::CostTable> tables)
    : options_(std::move(options)), threads_(threads), tables_(std::move(tables)) {}

RunModels::~RunModels() = default;

base::Result<std::unique_ptr<inference::Model>> RunModels::Open(std::string_view name) const {
  return base::Fail(base::Code::kUnavailable, "no engine is built in", std::string(name));
}

base::Result<planning::BatchCost> RunModels::Cost(const contracts::BatchKey& key) const {
  const auto row = costs::FindModelRow(tables_, {.component = key.component,
                                                 .runtime = key.runtime,
                                                 .model_signature = key.model_signature,
                                                 .device = ThisDevice().id,
                                                 .threads = threads_});
  if (!row) return std::unexpected(row.error());
  constexpr int kCap = 1;  // of a row that names none; measured rows do
  return planning::BatchCostOf(*row, planning::MemoryKind::kRam, kCap);
}

}  // namespace reelbatch::app
