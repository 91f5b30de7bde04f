#include "costs/model_rows.h"

#include <fmt/format.h>

#include <cmath>
#include <tuple>

#include "contracts/batch.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;

/// Larger is better.
auto Fit(const CostRow& row, const ModelQuery& query) {
  return std::tuple(row.subject->model_signature == query.model_signature,
                    row.device->id == query.device, -std::abs(row.threads - query.threads),
                    row.provenance->date);
}

}  // namespace

base::Result<CostRow> FindModelRow(std::span<const contracts::CostTable> tables,
                                   const ModelQuery& query) {
  const CostRow* best = nullptr;
  for (const contracts::CostTable& table : tables) {
    for (const CostRow& row : table.rows) {
      const contracts::CostSubject& subject = *row.subject;
      if (subject.component != query.component || subject.component_part != query.stage ||
          subject.runtime != query.runtime || row.points.empty())
        continue;
      if (best == nullptr || Fit(row, query) >= Fit(*best, query)) best = &row;
    }
  }
  if (best != nullptr) return *best;
  return base::Fail(
      base::Code::kNotMeasured,
      fmt::format("the cost of its batches is not measured ({}): measure it with `reelbatch bench "
                  "model {} --out DIR`, then use it with `--costs DIR/costs.json`",
                  query.runtime, contracts::StageText(query.component, query.stage)),
      query.component);
}

}  // namespace reelbatch::costs
