#pragma once

#include "apps/reelbatch/command_line.h"
#include "apps/reelbatch/options.h"
#include "engine/catalog.h"

namespace reelbatch::app {

// The commands of `reelbatch`. Each returns the exit code.
int RunCommand(const Invocation& call);
int CutsCommand(const Invocation& call);
int DoctorCommand(const Invocation& call);
int DemoCommand(const Invocation& call);
int EvalCommand(const Invocation& call);
int CostsCommand(const Invocation& call);
int BenchCommand(const Invocation& call);
int SimulateCommand(const Invocation& call);
int ModelsCommand(const Invocation& call);
int PlanCommand(const Invocation& call);
int VerifyCommand(const Invocation& call);
int PruneCommand(const Invocation& call);

}  // namespace reelbatch::app
