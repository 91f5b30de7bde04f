#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "media/video_writer.h"

namespace reelbatch::app::demo {

/// What a shot shows. All are procedural and tile without a seam.
enum class Texture : uint8_t {
  kNoise,    // clouds, foliage: value noise of five octaves
  kPlasma,   // warped colour waves
  kStripes,  // uneven vertical bars
  kTiles,    // a wall of bricks, each with its own tone
  kHills,    // ridges under a sky
  kFlat,     // one colour and nothing else
};

/// A camera looking at one texture. `frames` counts the frames that show this shot alone; a
/// transition adds its own.
struct Shot {
  Texture texture = Texture::kNoise;
  uint64_t seed = 1;
  int frames = 25;
  int palette = -1;  // 0..7; -1: by the seed
  double pan_x = 0;  // px per frame
  double pan_y = 0;
  double zoom = 1;   // growth per frame; 1.01 is a slow push in
  double shake = 0;  // px, hand-held sway
  double noise = 2;  // standard deviation of the sensor noise, luma codes
  int blobs = 0;     // objects that drift over the texture
  int hold = 1;      // frames per picture; 2 is animation on twos
  int step = 1;      // 1/fps ticks per frame; other than 1 makes the clip VFR
};

/// How one shot becomes the next. A cut has no frames.
enum class JoinKind : uint8_t { kCut, kDissolve, kFade };

struct Join {
  JoinKind kind = JoinKind::kCut;
  int frames = 0;      // that show neither shot alone: [out] + hold + [in]
  int hold = 0;        // of them, frames of the flat colour of a fade
  bool white = false;  // a fade goes through white instead of black
};

/// Looks like a cut and is not. `at` counts from the first frame that shows its shot alone.
enum class TrapKind : uint8_t { kFlash, kWhip };

struct Trap {
  TrapKind kind = TrapKind::kFlash;
  int shot = 0;
  int at = 0;
  int frames = 1;
  double by_x = 0;  // px the camera travels in a whip pan
  double by_y = 0;
};

/// A whole clip. joins[i] lies between shots i and i+1, so there is one less.
struct Script {
  media::WriterOptions video{.width = 128, .height = 72};
  uint64_t seed = 0;  // mixed into the seed of every shot
  std::vector<Shot> shots;
  std::vector<Join> joins;
  std::vector<Trap> traps;
};

/// Reads one directive a line; `#` starts a comment:
///
///   size 128x72                 fps 30000/1001              sar 16:11               seed 7
///   codec libx264 crf=20 gop=12 b_frames=2
///   shot noise|plasma|stripes|tiles|hills|flat frames=40 [seed= palette= pan=2,0 zoom= shake=
///   noise= blobs= hold= step=] flash at=10 [frames=1]      whip at=20 [frames=8 by=300,0] (in the
///   shot above) cut                         dissolve frames=12          fade frames=20 [hold=4
///   color=black|white]
///
/// A shot that follows a shot directly is a cut. `name` stands before the line number in messages.
/// Errors: invalid_argument (file:line, what is wrong, the nearest valid word).
/// Example: "shot noise frames=10\ncut\nshot tiles frames=10" has 20 frames and one cut, first new
/// frame 10.
base::Result<Script> ParseScript(std::string_view text, std::string_view name);

/// Errors: invalid_argument (a number out of its range, joins that do not fit the shots, a trap
/// outside its shot).
base::Status Validate(const Script& script);

}  // namespace reelbatch::app::demo
