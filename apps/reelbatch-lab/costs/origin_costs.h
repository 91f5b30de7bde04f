#pragma once

#include "apps/reelbatch/command_line.h"

namespace reelbatch::app {

/// `reelbatch-lab costs`: tables of costs from and to the formats of the system that the seed's
/// resource checklist was written for ("the origin").
int OriginCostsCommand(const Invocation& call);

int CostsImport(const Invocation& call);
int CostsExport(const Invocation& call);

}  // namespace reelbatch::app
