#include "reel/demo_reel.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/atomic_file.h"
#include "reel/clip.h"
#include "reel/script.h"

namespace reelbatch::reel {
namespace {

namespace fs = std::filesystem;

// Every kind of cut and trap that a detector meets on its first day, each far enough from the next
// to be told apart.
constexpr std::string_view kReel = R"(size 640x360
fps 25
codec libx264 crf=20 gop=250 b_frames=3

shot hills   seed=101 palette=0 frames=64 pan=1.2,0 blobs=2 shake=1.5
cut
shot tiles   seed=102 palette=3 frames=52 zoom=1.003 blobs=3
cut
# The same palette as before: a histogram sees little.
shot noise   seed=103 palette=3 frames=45 pan=-1.5,0.4
cut
# Eight frames, and gone.
shot plasma  seed=104 palette=6 frames=8 pan=2,0
cut
shot stripes seed=105 palette=5 frames=60 pan=1.6,0 shake=1
flash at=30
dissolve frames=20
shot noise   seed=106 palette=1 frames=58 pan=0.5,0.8 zoom=0.998 blobs=2
cut
# A whip pan inside one shot.
shot hills   seed=107 palette=4 frames=70 pan=0.6,0 shake=1
whip at=32 frames=8 by=420,30
cut
shot plasma  seed=108 palette=2 frames=48 zoom=1.004 blobs=4
fade frames=28 hold=6
shot stripes seed=109 palette=7 frames=55 pan=-1.2,0
cut
shot tiles   seed=110 palette=5 frames=40 pan=0,1 blobs=3
cut
shot noise   seed=111 palette=0 frames=50 pan=1.5,0 zoom=1.002 blobs=5
)";

/// The video first: a truth without its video would be a lie, a video without its truth is only
/// unscored.
base::Result<DemoReel> WriteBoth(const Script& script, const fs::path& video) {
  DemoReel reel{.video = video, .truth = fs::path(video).replace_extension(".json")};
  auto frames = WriteClip(video, script);
  if (!frames) return std::unexpected(frames.error());
  reel.frames = *frames;
  const std::string truth = TruthJson(script, video.filename().string());
  if (auto done = base::WriteFileAtomically(reel.truth, truth); !done) {
    return std::unexpected(done.error());
  }
  return reel;
}

}  // namespace

base::Result<DemoReel> MakeDemoReel(const fs::path& out_dir, const DemoOptions& options) {
  auto script = ParseScript(kReel, "demo reel");
  if (!script) return std::unexpected(script.error());
  script->seed = options.seed;
  script->video.width = options.width;
  script->video.height = options.height;
  if (auto valid = Validate(*script); !valid) return std::unexpected(valid.error());
  if (auto made = base::MakeFolders(out_dir); !made) return std::unexpected(made.error());
  return WriteBoth(*script, out_dir / "demo_reel.mp4");
}

base::Result<DemoReel> MakeScriptedClip(const fs::path& script_file, const fs::path& video) {
  auto text = base::ReadWholeFile(script_file);
  if (!text) return std::unexpected(text.error());
  auto script = ParseScript(*text, script_file.string());
  if (!script) return std::unexpected(script.error());
  return WriteBoth(*script, video);
}

}  // namespace reelbatch::reel
