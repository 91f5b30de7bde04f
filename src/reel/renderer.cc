#include "reel/renderer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "reel/overlay.h"
#include "reel/random.h"

namespace reelbatch::reel {
namespace {

constexpr Yuv kWhite{235, 128, 128};

int64_t Fixed(double value) {  // 16 fractional bits, towards minus infinity
  const auto whole = static_cast<int64_t>(value);
  const int64_t floor = static_cast<double>(whole) > value ? whole - 1 : whole;
  return floor * 65536 + static_cast<int64_t>((value - static_cast<double>(floor)) * 65536.0);
}

/// Sine and cosine of an angle, without a library's: those differ between machines in the last bit.
std::pair<double, double> SinCos(double degrees) {
  constexpr double kRadians = 0.017453292519943295;
  const double whole = static_cast<double>(static_cast<int64_t>(degrees / 360));
  const double half = (degrees - whole * 360) * kRadians / 2;  // within one turn; |half| <= pi
  double sine = 0;
  double cosine = 0;
  double term = 1;
  for (int k = 0; k < 32; ++k) {  // the last one is below 1e-18
    (k % 2 == 0 ? cosine : sine) += k % 4 < 2 ? term : -term;
    term *= half / (k + 1);
  }
  return {2 * sine * cosine, cosine * cosine - sine * sine};
}

/// Bilinear look through a camera at a canvas whose sides are powers of two. The way from a sample
/// to the one on its right is (`step_x`, `step_y`), in samples of the canvas.
void SamplePlane(const image::Plane<uint8_t>& canvas, double centre_x, double centre_y,
                 double step_x, double step_y, image::Plane<uint8_t>& out) {
  const int64_t mask_x = canvas.width() - 1;
  const int64_t mask_y = canvas.height() - 1;
  const int64_t right_x = Fixed(step_x);
  const int64_t right_y = Fixed(step_y);
  const int64_t left = Fixed(centre_x - step_x * out.width() / 2 + step_y * out.height() / 2);
  const int64_t top = Fixed(centre_y - step_y * out.width() / 2 - step_x * out.height() / 2);
  for (int y = 0; y < out.height(); ++y) {
    int64_t at_x = left - right_y * y;
    int64_t at_y = top + right_x * y;
    uint8_t* row = out.row(y);
    for (int x = 0; x < out.width(); ++x, at_x += right_x, at_y += right_y) {
      const auto fx = static_cast<int32_t>((at_x >> 8) & 255);
      const auto fy = static_cast<int32_t>((at_y >> 8) & 255);
      const uint8_t* upper = canvas.row(static_cast<int>((at_y >> 16) & mask_y));
      const uint8_t* lower = canvas.row(static_cast<int>(((at_y >> 16) + 1) & mask_y));
      const auto x0 = static_cast<size_t>((at_x >> 16) & mask_x);
      const auto x1 = static_cast<size_t>(((at_x >> 16) + 1) & mask_x);
      const int32_t a = upper[x0] * (256 - fx) + upper[x1] * fx;
      const int32_t b = lower[x0] * (256 - fx) + lower[x1] * fx;
      row[x] = static_cast<uint8_t>((a * (256 - fy) + b * fy + 32768) >> 16);
    }
  }
}

/// Adds noise from a table in 1/16 standard deviations, read from a place of its own for every row.
void AddNoise(const std::array<int16_t, 65536>& table, double deviation, uint64_t seed,
              image::Plane<uint8_t>& plane) {
  const auto scale = static_cast<int32_t>(std::lround(deviation * 16));
  if (scale == 0) return;
  for (int y = 0; y < plane.height(); ++y) {
    uint8_t* row = plane.row(y);
    const auto start = static_cast<uint32_t>(Mix64(seed + static_cast<uint64_t>(y)));
    for (int x = 0; x < plane.width(); ++x) {
      const int32_t noise = table[(start + static_cast<uint32_t>(x)) & 65535U];
      row[x] = static_cast<uint8_t>(std::clamp(row[x] + ((noise * scale + 128) >> 8), 16, 235));
    }
  }
}

void Accumulate(const image::Plane<uint8_t>& plane, std::vector<uint16_t>& sums) {
  sums.resize(static_cast<size_t>(plane.width()) * static_cast<size_t>(plane.height()));
  uint16_t* sum = sums.data();
  for (int y = 0; y < plane.height(); ++y, sum += plane.width()) {
    for (int x = 0; x < plane.width(); ++x) {
      sum[x] = static_cast<uint16_t>(sum[x] + plane.row(y)[x]);
    }
  }
}

/// A slow random sway between -1 and 1: a new aim every 9 frames, as a hand drifts.
double Sway(uint64_t seed, double time) {
  constexpr double kFramesPerAim = 9;
  const double at = time / kFramesPerAim + 1024;  // time may be negative in a dissolve
  const auto index = static_cast<uint64_t>(at);
  const double share = SmoothStep(at - static_cast<double>(index));
  const double from = Random(seed + index).Between(-1, 1);
  const double to = Random(seed + index + 1).Between(-1, 1);
  return from + (to - from) * share;
}

double Power(double base, double exponent_frames) {
  double value = 1;
  const double factor = exponent_frames < 0 ? 1 / base : base;
  for (int i = 0; i < std::abs(static_cast<int>(exponent_frames)); ++i) value *= factor;
  return value;
}

int HeldTime(int time, double hold) {
  return static_cast<int>(std::ceil(std::floor(time / hold) * hold));
}

}  // namespace

Renderer::Renderer(const Script& script) : script_(script) {
  Resize(script.video.width, script.video.height, main_);
  Resize(script.video.width, script.video.height, other_);
  Random random(0x5e4501);
  for (int16_t& value : noise_) {
    // The sum of four bytes is near enough to a bell; its deviation is sqrt(4 * 65535 / 12) =
    // 147.8.
    const uint64_t bits = random.Bits();
    const auto sum = static_cast<int>((bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) +
                                      (bits >> 24 & 255));
    value = static_cast<int16_t>((sum - 510) * 16 / 148);
  }
}

const Renderer::Scene& Renderer::SceneOf(int shot) {
  const auto found = scenes_.find(shot);
  if (found != scenes_.end()) return found->second;
  const Shot& what = script_.shots[static_cast<size_t>(shot)];
  const int width = script_.video.width;
  const int height = script_.video.height;
  Scene scene;
  scene.seed = Mix64(what.seed ^ Mix64(script_.seed));
  scene.canvas = PaintCanvas(what, scene.seed, width, height);
  Random random(scene.seed ^ 0xb10b);
  for (int i = 0; i < what.blobs; ++i) {
    const double radius = height * random.Between(0.07, 0.2);
    // One draw a statement: the order in which arguments are evaluated is the compiler's.
    const auto palette = static_cast<int>(random.Unit() * kPalettes);
    const double tone = random.Between(0.3, 1);
    scene.blobs.push_back({.x = width * random.Between(-0.4, 0.4),
                           .y = height * random.Between(-0.35, 0.35),
                           .speed_x = width * random.Between(-0.006, 0.006),
                           .speed_y = height * random.Between(-0.004, 0.004),
                           .radius_x = radius * random.Between(0.7, 1.4),
                           .radius_y = radius,
                           .colour = PaletteColour(palette, tone),
                           .texture_x = static_cast<int>(random.Unit() * 4096),
                           .texture_y = static_cast<int>(random.Unit() * 4096)});
  }
  return scenes_.emplace(shot, std::move(scene)).first->second;
}

Renderer::Camera Renderer::CameraAt(int shot, double time, uint64_t seed) const {
  const Shot& what = script_.shots[static_cast<size_t>(shot)];
  Camera camera{.x = what.pan_x * time,
                .y = what.pan_y * time,
                .step = 1 / Power(what.zoom, time),
                .roll_degrees = what.turn * time};
  if (what.shake > 0) {
    camera.x += what.shake * Sway(seed ^ 0x5a1, time);
    camera.y += what.shake * Sway(seed ^ 0x5a2, time);
  }
  for (const Trap& trap : script_.traps) {
    if (trap.shot != shot || time < trap.at) continue;
    const double done = SmoothStep(std::min(1.0, (time - trap.at + 1) / trap.frames));
    if (trap.kind == TrapKind::kWhip) {
      camera.x += trap.by_x * done;
      camera.y += trap.by_y * done;
    } else if (trap.kind == TrapKind::kCrashZoom) {
      camera.step /= 1 + (trap.amount - 1) * done;
    }
  }
  return camera;
}

void Renderer::DrawScene(const Scene& scene, const Camera& camera, double time,
                         Picture& out) const {
  // The camera starts in the middle of the canvas: there hills have their sky above them.
  const double x = camera.x + scene.canvas.y.width() / 2.0;
  const double y = camera.y + scene.canvas.y.height() / 2.0;
  const auto [sine, cosine] = SinCos(camera.roll_degrees);
  const double step_x = camera.step * cosine;
  const double step_y = camera.step * sine;
  SamplePlane(scene.canvas.y, x, y, step_x, step_y, out.y);
  SamplePlane(scene.canvas.u, x / 2, y / 2, step_x, step_y, out.u);
  SamplePlane(scene.canvas.v, x / 2, y / 2, step_x, step_y, out.v);
  DrawBlobs(scene, camera, time, out);
}

/// The shutter is open for half of the frame's time, so the picture is the mean along that half of
/// the way.
void Renderer::DrawWhip(const Scene& scene, const Camera& from, const Camera& to, double time,
                        Picture& out) {
  constexpr int kSamples = 12;
  std::array<std::vector<uint16_t>, 3> sums;
  for (int k = 1; k <= kSamples; ++k) {
    const double share = 0.5 + 0.5 * k / kSamples;
    const Camera camera{.x = from.x + (to.x - from.x) * share,
                        .y = from.y + (to.y - from.y) * share,
                        .step = from.step + (to.step - from.step) * share,
                        .roll_degrees = to.roll_degrees};
    DrawScene(scene, camera, time, other_);
    for (size_t i = 0; i < 3; ++i) Accumulate(*Planes(other_)[i], sums[i]);
  }
  for (size_t i = 0; i < 3; ++i) {
    image::Plane<uint8_t>& plane = *Planes(out)[i];
    const uint16_t* sum = sums[i].data();
    for (int y = 0; y < plane.height(); ++y, sum += plane.width()) {
      for (int x = 0; x < plane.width(); ++x) {
        plane.row(y)[x] = static_cast<uint8_t>((sum[x] + kSamples / 2) / kSamples);
      }
    }
  }
}

void Renderer::DrawBlobs(const Scene& scene, const Camera& camera, double time,
                         Picture& out) const {
  const int mask_x = scene.canvas.y.width() - 1;
  const int mask_y = scene.canvas.y.height() - 1;
  for (const Blob& blob : scene.blobs) {
    const double zoom = 1 / camera.step;
    const double x = out.y.width() / 2.0 + (blob.x + blob.speed_x * time - camera.x) * zoom;
    const double y = out.y.height() / 2.0 + (blob.y + blob.speed_y * time - camera.y) * zoom;
    const double rx = blob.radius_x * zoom;
    const double ry = blob.radius_y * zoom;
    const int x0 = static_cast<int>(std::clamp(x - rx, 0.0, out.y.width() - 1.0));
    const int x1 = static_cast<int>(std::clamp(x + rx, -1.0, out.y.width() - 1.0));
    const int y0 = static_cast<int>(std::clamp(y - ry, 0.0, out.y.height() - 1.0));
    const int y1 = static_cast<int>(std::clamp(y + ry, -1.0, out.y.height() - 1.0));
    for (int py = y0; py <= y1; ++py) {
      for (int px = x0; px <= x1; ++px) {
        const double dx = (px - x) / rx;
        const double dy = (py - y) / ry;
        const double inside = 1 - dx * dx - dy * dy;
        if (inside <= 0) continue;
        // Lit from above, with the texture's own grain, and an edge some pixels soft.
        const int tx = static_cast<int>((px - x) * camera.step) + blob.texture_x;
        const int ty = static_cast<int>((py - y) * camera.step) + blob.texture_y;
        const double grain = scene.canvas.y.row(ty & mask_y)[tx & mask_x] - 110.0;
        const double luma = blob.colour.y * (0.65 + 0.35 * inside - 0.25 * dy) + 0.35 * grain;
        const double opacity = std::min(1.0, inside * 6);
        const auto mix = [opacity](uint8_t& to, double code) {
          to = static_cast<uint8_t>(std::clamp(to + (code - to) * opacity, 16.0, 235.0));
        };
        mix(out.y.row(py)[px], luma);
        if (px % 2 != 0 || py % 2 != 0) continue;
        mix(out.u.row(py / 2)[px / 2], blob.colour.u);
        mix(out.v.row(py / 2)[px / 2], blob.colour.v);
      }
    }
  }
}

void Renderer::DrawView(const View& view, std::span<const Effect> effects, Picture& out) {
  const Scene& scene = SceneOf(view.shot);
  const Shot& what = script_.shots[static_cast<size_t>(view.shot)];
  const int time = HeldTime(view.time, what.hold);
  const Camera camera = CameraAt(view.shot, time, scene.seed);
  const bool swings = std::ranges::any_of(effects, [](const Effect& effect) {
    return effect.kind == TrapKind::kWhip || effect.kind == TrapKind::kCrashZoom;
  });
  if (swings) {
    DrawWhip(scene, CameraAt(view.shot, time - 1, scene.seed), camera, time, out);
  } else {
    DrawScene(scene, camera, time, out);
  }
  for (const Effect& effect : effects) {
    if (effect.kind == TrapKind::kOccluder) {
      const double width = script_.traps[static_cast<size_t>(effect.trap)].amount;
      DrawOccluder(width, effect.level, Mix64(scene.seed + 0x0cc), out);
    } else if (effect.kind == TrapKind::kDefocus) {
      Blur(effect.level, out);
    }
  }
  const uint64_t grain = Mix64(scene.seed + static_cast<uint64_t>(time + 1'000'000) * 3);
  AddNoise(noise_, what.noise, grain, out.y);
  AddNoise(noise_, what.noise / 2, grain + 1, out.u);  // chroma is averaged over four sensor cells
  AddNoise(noise_, what.noise / 2, grain + 2, out.v);
  if (what.bars > 0) Letterbox(what.bars, out);
}

void Renderer::DrawInsetOf(const Effect& effect, int time) {
  const uint64_t seed = Mix64(script_.seed + 0x1a5e7 + static_cast<uint64_t>(effect.trap));
  const Shot what{.texture = Texture::kPlasma};
  const auto side = [&effect](int px) {
    return std::max(2, static_cast<int>(px * effect.level) & ~1);
  };
  Resize(side(main_.y.width()), side(main_.y.height()), inset_);
  auto scene = insets_.find(effect.trap);
  if (scene == insets_.end()) {
    Canvas canvas = PaintCanvas(what, seed, main_.y.width(), main_.y.height());
    scene =
        insets_.emplace(effect.trap, Scene{.seed = seed, .canvas = std::move(canvas), .blobs = {}})
            .first;
  }
  DrawScene(scene->second, {.x = 1.0 * time, .step = 1 / effect.level}, time, inset_);
  DrawInset(inset_, main_);
}

void Renderer::DrawEffects(const FramePlan& plan) {
  for (const Effect& effect : plan.effects) {
    switch (effect.kind) {
      case TrapKind::kWhip:
      case TrapKind::kCrashZoom:
      case TrapKind::kFreeze:
      case TrapKind::kOccluder:
      case TrapKind::kDefocus:
        break;
      case TrapKind::kExposure:
      case TrapKind::kFlicker:
        Expose(effect.level, main_);
        break;
      case TrapKind::kFlash:
      case TrapKind::kStrobe:
        Veil(effect.level, kWhite, main_);
        break;
      case TrapKind::kInset:
        DrawInsetOf(effect, plan.a.time);
        break;
      case TrapKind::kTitle:
        DrawTitle(effect.level, Mix64(script_.seed + static_cast<uint64_t>(effect.trap)), main_);
        break;
      case TrapKind::kBars:
        Letterbox(effect.level, main_);
        break;
    }
  }
}

image::FrameView Renderer::Draw(const FramePlan& plan) {
  std::erase_if(scenes_, [&plan](const auto& entry) {
    return entry.first != plan.a.shot && entry.first != plan.b.shot;
  });
  std::erase_if(insets_, [&plan](const auto& entry) {
    return std::ranges::find(plan.effects, entry.first, &Effect::trap) == plan.effects.end();
  });
  DrawView(plan.a, plan.effects, main_);
  if (plan.b.shot >= 0) {
    DrawView(plan.b, {}, other_);
    if (plan.wipe) {
      BlendBehindFront(plan.mix, plan.toward, plan.soft, other_, main_);
    } else {
      Blend(plan.mix, other_, main_);
    }
  }
  if (plan.veil > 0) {
    Veil(plan.veil, ToYuv(plan.color), main_);
    // Bars stay black whatever colour the picture between them fades to.
    const double bars = script_.shots[static_cast<size_t>(plan.a.shot)].bars;
    if (bars > 0) Letterbox(bars, main_);
  }
  DrawEffects(plan);
  return {.y = main_.y.view(), .u = main_.u.view(), .v = main_.v.view()};
}

}  // namespace reelbatch::reel
