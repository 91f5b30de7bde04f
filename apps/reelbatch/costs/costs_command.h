#pragma once

#include "apps/reelbatch/command_line.h"

namespace reelbatch::app {

int CostsCalibration(const Invocation& call);
int CostsLimits(const Invocation& call);
int CostsDiff(const Invocation& call);
int CostsFit(const Invocation& call);
int CostsPareto(const Invocation& call);
int CostsRender(const Invocation& call);
int CostsShow(const Invocation& call);
int CostsValidate(const Invocation& call);

}  // namespace reelbatch::app
