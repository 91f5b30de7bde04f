#include "apps/reelbatch/reel_report.h"

#include <fmt/format.h>

#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"

namespace reelbatch::app {

void PrintReel(const reel::DemoReel& reel, Console& console) {
  if (console.json()) {
    console.Out(base::Pretty(
        {{"video", reel.video.native()}, {"truth", reel.truth.native()}, {"frames", reel.frames}}));
  } else if (!console.quiet()) {
    console.Out(fmt::format("{}  {}\n{}  the known cuts and traps\n",
                            ShellQuote(reel.video.native()), Count(reel.frames, "frame"),
                            ShellQuote(reel.truth.native())));
  }
}

}  // namespace reelbatch::app
