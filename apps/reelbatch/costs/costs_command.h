#pragma once

#include "apps/reelbatch/command.h"

namespace reelbatch::app {

int CostsCalibration(const Invocation& call);
int CostsLimits(const Invocation& call);
int CostsDiff(const Invocation& call);
int CostsExport(const Invocation& call);
int CostsFit(const Invocation& call);
int CostsImport(const Invocation& call);
int CostsPareto(const Invocation& call);
int CostsRender(const Invocation& call);
int CostsShow(const Invocation& call);
int CostsValidate(const Invocation& call);

}  // namespace reelbatch::app
