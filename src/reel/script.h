#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "media/video_writer.h"

namespace reelbatch::reel {

/// What a shot shows. All are procedural and tile without a seam.
enum class Texture : uint8_t {
  kNoise,    // clouds, foliage: value noise of five octaves
  kPlasma,   // warped colour waves
  kStripes,  // uneven vertical bars
  kTiles,    // a wall of bricks, each with its own tone
  kHills,    // ridges under a sky
  kText,     // a page of dark words on light paper, as screen recordings show
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
  double turn = 0;   // degrees per frame about the middle
  double shake = 0;  // px, hand-held sway
  double noise = 2;  // standard deviation of the sensor noise, luma codes
  int blobs = 0;     // objects that drift over the texture
  double hold = 1;   // frames per picture; 2 is animation on twos, 2.5 is 12 pictures in 30 frames
  int step = 1;      // 1/fps ticks per frame; other than 1 makes the clip VFR
  double bars = 0;   // height of each of two black bars, share of the picture's
};

struct Rgb {
  uint8_t r = 0;
  uint8_t g = 0;
  uint8_t b = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// How one shot becomes the next. A cut has no frames.
enum class JoinKind : uint8_t { kCut, kDissolve, kFade, kWipe };

/// Which sides of a fade's colour are gradual; the other one is a cut.
enum class FadeSides : uint8_t { kBoth, kOut, kIn };

/// Where the front of a wipe travels.
enum class Direction : uint8_t { kRight, kLeft, kDown, kUp };

struct Join {
  JoinKind kind = JoinKind::kCut;
  int frames = 0;  // that show neither shot alone: [out] + hold + [in]
  int hold = 0;    // of them, frames of the flat colour of a fade
  Rgb color{};     // that a fade goes through
  FadeSides sides = FadeSides::kBoth;
  Direction toward = Direction::kRight;
  double soft = 0;  // width of a wipe's front, share of its way
};

/// Looks like a cut and is not. In the order in which they are drawn: what the camera does, what
/// its lens sees, the light, what editing lays over.
enum class TrapKind : uint8_t {
  kWhip,       // the camera swings elsewhere
  kCrashZoom,  // and jumps at or away from what it sees
  kFreeze,     // one picture stands while time goes on, as where a stream stalls
  kOccluder,   // something dark passes the lens
  kDefocus,    // focus goes and comes back
  kExposure,   // brighter or darker at once, and back at once
  kFlicker,    // another exposure in every frame
  kFlash,
  kStrobe,  // flashes in a row
  kInset,   // a picture in the picture pops in and out
  kTitle,   // words fade in over the scene and out
  kBars,    // letterbox bars pop in and out
};

/// `at` counts from the first frame that shows its shot alone.
struct Trap {
  TrapKind kind = TrapKind::kFlash;
  int shot = 0;
  int at = 0;
  int frames = 1;
  double by_x = 0;    // px the camera travels in a whip pan
  double by_y = 0;    //
  double amount = 0;  // what TrapWord::setting says
};

/// How a script names a kind of trap, and its one setting beside `at` and `frames`.
struct TrapWord {
  TrapKind kind;
  std::string_view word;
  int frames;                // where the script says none
  std::string_view setting;  // "": none
  double amount;             // where the script says none
  double least;
  double most;
};

/// One for each kind, in their order.
std::span<const TrapWord> TrapWords();
const TrapWord& WordOf(TrapKind kind);

/// A whole clip. joins[i] lies between shots i and i+1, so there is one less.
struct Script {
  media::WriterOptions video{.width = 128, .height = 72};
  uint64_t seed = 0;  // mixed into the seed of every shot
  std::vector<Shot> shots;
  std::vector<Join> joins;
  std::vector<Trap> traps;
  std::optional<Join> opening;  // a fade that the first shot comes out of
  std::optional<Join> closing;  // a fade that the last one goes into
};

/// Reads one directive a line; `#` starts a comment:
///
///   size 128x72                 fps 30000/1001              sar 16:11               seed 7
///   codec libx264 crf=20 gop=12 b_frames=2
///   shot noise|plasma|stripes|tiles|hills|text|flat frames=40 [seed= palette= pan=2,0
///        zoom= turn= shake= noise= blobs= hold= step= bars=]
///   cut                         dissolve frames=12
///   fade frames=20 [hold=4 color=black|white|R,G,B sides=both|out|in]
///   wipe frames=12 [toward=right|left|down|up soft=.1]
///
/// Traps happen in the shot above, all with at= and frames=; the setting is the one of TrapWords():
///
///   whip by=300,0      crash_zoom by=2     freeze             occluder width=1.2  defocus radius=6
///   exposure gain=1.5  flicker swing=.3    flash              strobe every=4
///   inset share=.35    title fade=8        bars share=.12
///
/// A shot that follows a shot directly is a cut. A fade before the first shot, or after the last
/// one, belongs to the file's beginning or end and is no transition. `sides=in` is a cut to the
/// colour and a fade out of it. `name` stands before the line number in messages.
/// Errors: invalid_argument (file:line, what is wrong, the nearest valid word).
/// Example: "shot noise frames=10\ncut\nshot tiles frames=10" has 20 frames and one cut, first new
/// frame 10.
base::Result<Script> ParseScript(std::string_view text, std::string_view name);

/// Errors: invalid_argument (a number out of its range, joins that do not fit the shots, a trap
/// outside its shot).
base::Status Validate(const Script& script);

}  // namespace reelbatch::reel
