#pragma once

#include <string>

#include "contracts/cost_row.h"

namespace reelbatch::costs {

/// The resource checklist as Markdown, from rows only: rows of the reference bucket,
/// steps, matrix summaries and every cell, the rules of the scheduler, the preset
/// policy, devices and sources. The same table gives the same bytes. Source: docs/requirements.md,
/// "Row schema".
std::string RenderChecklist(const contracts::CostTable& table);

}  // namespace reelbatch::costs
