#pragma once

#include "apps/reelbatch/command_line.h"

namespace reelbatch::app {

/// `reelbatch-lab reel`: draws the clip that a script describes, and its truth.
int ReelCommand(const Invocation& call);

/// `reelbatch-lab simulate`: plays scenarios with other ways of batching beside ours.
int CompareBatchingCommand(const Invocation& call);

}  // namespace reelbatch::app
