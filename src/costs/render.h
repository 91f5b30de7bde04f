#pragma once

#include <string>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// The resource checklist as Markdown, from the rows alone: rows of the reference bucket,
/// sub-steps, matrix summaries and every cell, the rules that the scheduler lives by, the preset
/// policy, devices and sources. The same table gives the same bytes. Source: docs/requirements.md,
/// "Row schema".
std::string RenderChecklist(const contracts::CostTable& table);

}  // namespace reelbatch::costs
