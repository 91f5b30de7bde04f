#pragma once

namespace reelbatch::app {

/// Source: docs/requirements.md, "Exit codes".
enum ExitCode : int {
  kExitDone = 0,
  kExitSomeFailed = 1,   // some videos failed, the others are complete
  kExitUsage = 2,        // usage or configuration
  kExitEnvironment = 3,  // no space, no permission, missing library
  kExitInterrupted = 130,
};

}  // namespace reelbatch::app
