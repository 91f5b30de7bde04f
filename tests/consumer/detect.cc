#include <reelbatch/reelbatch.h>

#include <cstdio>
#include <vector>

// Draws a camera that moves over two walls, and prints where the detector sees the cut.
int main() {
  constexpr int kWidth = 160;
  constexpr int kHeight = 90;
  auto detector = reelbatch::Detector::Make({.width = kWidth, .height = kHeight});
  std::vector<std::byte> rgb(3 * kWidth * kHeight);
  for (int frame = 0; detector && frame < 50; ++frame) {
    const int wall = frame < 25 ? 1 : 2;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const int brick = ((x + frame) / (8 * wall) * 7 + y / (5 * wall) * 13) % 11;
        std::byte* const pixel = &rgb[3 * static_cast<size_t>(y * kWidth + x)];
        pixel[0] = static_cast<std::byte>(wall == 1 ? 60 + 15 * brick : 40);
        pixel[1] = static_cast<std::byte>(80 + 5 * brick);
        pixel[2] = static_cast<std::byte>(wall == 1 ? 40 : 60 + 15 * brick);
      }
    }
    const reelbatch::FrameView view{
        .width = kWidth, .height = kHeight, .planes = {{rgb.data(), 3 * kWidth}}};
    if (auto pushed = detector->Push(view, frame / 25.0); !pushed) {
      std::fprintf(stderr, "%s\n", pushed.error().Text().c_str());
      return 1;
    }
  }
  if (!detector) return std::fprintf(stderr, "%s\n", detector.error().Text().c_str()), 1;
  const auto events = detector->Finish();
  if (!events) return std::fprintf(stderr, "%s\n", events.error().Text().c_str()), 1;
  for (const auto& event : *events)
    std::printf("%s %.6f %lld\n", event.type.c_str(), event.start_s,
                static_cast<long long>(event.start_frame));
  return reelbatch::VersionMatches() ? 0 : 1;
}
