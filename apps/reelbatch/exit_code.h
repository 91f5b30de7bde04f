#pragma once

namespace reelbatch::app {

/// Source: docs/requirements.md, "Exit codes".
enum ExitCode : int {
  kExitDone = 0,
  kExitSomeFailed = 1,   // a video or a check failed; everything else is complete
  kExitUsage = 2,        // usage or configuration, or an input that the command cannot use
  kExitEnvironment = 3,  // no space, no permission, missing library
  kExitInterrupted = 130,
};

}  // namespace reelbatch::app
