#pragma once

#include "apps/reelbatch/console.h"
#include "reel/demo_reel.h"

namespace reelbatch::app {

/// Prints where a drawn clip and its truth lie and how many frames it has; as JSON with --json.
void PrintReel(const reel::DemoReel& reel, Console& console);

}  // namespace reelbatch::app
