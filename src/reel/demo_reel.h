#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace reelbatch::reel {

struct DemoOptions {
  uint64_t seed = 1;  // another seed gives other pictures; cuts and traps stay where they are
  int width = 640;    // px, even
  int height = 360;
};

/// Files that were written, and how many frames the video has.
struct DemoReel {
  std::filesystem::path video;
  std::filesystem::path truth;
  int64_t frames = 0;
};

/// Writes `out_dir`/demo_reel.mp4 and, beside it, its truth demo_reel.json: textured moving shots
/// joined by hard cuts, a dissolve and a fade through black, with a flash and a whip pan as traps.
/// The directory is made where it is missing. The same options give the same bytes. Errors:
/// invalid_argument (size), io (names the file and the reason).
base::Result<DemoReel> MakeDemoReel(const std::filesystem::path& out_dir,
                                    const DemoOptions& options);

/// Writes the clip that the script file describes (words: script.h) to `video`, and its truth
/// beside it as .json. Errors: invalid_argument (names file:line and the nearest valid word), io.
base::Result<DemoReel> MakeScriptedClip(const std::filesystem::path& script_file,
                                        const std::filesystem::path& video);

}  // namespace reelbatch::reel
