#include <reelbatch/reelbatch.h>

#include <cmath>
#include <cstdio>
#include <vector>

constexpr int kWidth = 160;
constexpr int kHeight = 90;

// A camera that moves over red hills, and after a second over blue ones.
void Draw(int frame, std::vector<std::byte>& rgb) {
  const bool red = frame < 25;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const double u = (x + frame) / 160.0;
      const double v = y / 90.0;
      const double level =
          red ? u * u + std::sin(9 * v + 4 * u) : std::sin(14 * u) * std::cos(3 * v) + v;
      std::byte* const pixel = &rgb[3 * static_cast<size_t>(y * kWidth + x)];
      pixel[0] = static_cast<std::byte>(red ? 120 + 60 * level : 60 + 40 * level);
      pixel[1] = static_cast<std::byte>(100 + 50 * level);
      pixel[2] = static_cast<std::byte>(red ? 60 + 20 * level : 100 + 60 * level);
    }
  }
}

int Fail(const reelbatch::Error& error) {
  std::fprintf(stderr, "%s\n", error.Text().c_str());
  return 1;
}

// Prints where the detector sees the cut: TYPE SECONDS FRAME.
int main() {
  auto detector = reelbatch::Detector::Make({.width = kWidth, .height = kHeight});
  if (!detector) return Fail(detector.error());
  std::vector<std::byte> rgb(3 * kWidth * kHeight);
  for (int frame = 0; frame < 50; ++frame) {
    Draw(frame, rgb);
    const reelbatch::FrameView view{
        .width = kWidth, .height = kHeight, .planes = {{rgb.data(), 3 * kWidth}}};
    if (auto pushed = detector->Push(view, frame / 25.0); !pushed) return Fail(pushed.error());
  }
  const auto events = detector->Finish();
  if (!events) return Fail(events.error());
  for (const auto& event : *events)
    std::printf("%s %.6f %lld\n", event.type.c_str(), event.start_s,
                static_cast<long long>(event.start_frame));
  return reelbatch::VersionMatches() ? 0 : 1;
}
