#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace reelbatch::reel {

struct DemoOptions {
  uint64_t seed = 1;  // another seed gives other pictures; cuts and traps stay the same
  int width = 640;    // px, even
  int height = 360;
};

/// Files that were written, and how many frames the video has.
struct DemoReel {
  std::filesystem::path video;
  std::filesystem::path truth;
  int64_t frames = 0;
};

/// Writes `out_dir`/demo_reel.mp4 and its truth demo_reel.json: textured moving shots
/// joined by hard cuts, a dissolve and a fade through black, with a flash and a whip pan as traps.
/// The folder is created if it is missing. The same options give the same bytes. Errors:
/// invalid_argument (size), io (the message has the file and the reason).
base::Result<DemoReel> MakeDemoReel(const std::filesystem::path& out_dir,
                                    const DemoOptions& options);

/// Writes the clip of a script file (syntax: script.h) to `video`, and its truth next to it as
/// .json. Errors: invalid_argument (the message has file:line and the most similar valid word), io.
base::Result<DemoReel> MakeScriptedClip(const std::filesystem::path& script_file,
                                        const std::filesystem::path& video);

}  // namespace reelbatch::reel
