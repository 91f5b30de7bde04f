#include "reel/picture.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace reelbatch::reel {
namespace {

constexpr int kBlackLuma = 16;
constexpr int kGrey = 128;

uint8_t Mix(uint8_t from, uint8_t to, int weight_of_256) {
  return static_cast<uint8_t>((from * (256 - weight_of_256) + to * weight_of_256 + 128) >> 8);
}

int Weight(double share) {
  return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * 256));
}

/// Weight of the new picture at every place along the front's way.
std::vector<int> FrontWeights(double share, bool backwards, double soft, int places) {
  std::vector<int> weights(static_cast<size_t>(places));
  for (int i = 0; i < places; ++i) {
    const double way = (i + 0.5) / places;
    const double behind = share * (1 + soft) - (backwards ? 1 - way : way);
    weights[static_cast<size_t>(i)] = soft > 0 ? Weight(behind / soft) : Weight(behind > 0 ? 1 : 0);
  }
  return weights;
}

/// One row or column, the samples beyond its ends being those at its ends.
void BlurLine(uint8_t* samples, ptrdiff_t step, int length, int radius,
              std::vector<uint8_t>& line) {
  line.resize(static_cast<size_t>(length));
  for (int i = 0; i < length; ++i) line[static_cast<size_t>(i)] = samples[i * step];
  const auto at = [&](int i) {
    return static_cast<int>(line[static_cast<size_t>(std::clamp(i, 0, length - 1))]);
  };
  const int width = 2 * radius + 1;
  int sum = 0;
  for (int i = -radius; i <= radius; ++i) sum += at(i);
  for (int i = 0; i < length; ++i) {
    samples[i * step] = static_cast<uint8_t>((sum + width / 2) / width);
    sum += at(i + radius + 1) - at(i - radius);
  }
}

void BlurPlane(int radius, image::Plane<uint8_t>& plane) {
  if (radius == 0 || plane.width() == 0 || plane.height() == 0) return;
  std::vector<uint8_t> line;
  for (int pass = 0; pass < 2; ++pass) {
    for (int y = 0; y < plane.height(); ++y) BlurLine(plane.row(y), 1, plane.width(), radius, line);
    const ptrdiff_t stride = plane.height() > 1 ? plane.row(1) - plane.row(0) : 0;
    for (int x = 0; x < plane.width(); ++x) {
      BlurLine(plane.row(0) + x, stride, plane.height(), radius, line);
    }
  }
}

}  // namespace

std::array<image::Plane<uint8_t>*, 3> Planes(Picture& picture) {
  return {&picture.y, &picture.u, &picture.v};
}

void Resize(int width, int height, Picture& picture) {
  picture.y.Reset(width, height);
  picture.u.Reset(width / 2, height / 2);
  picture.v.Reset(width / 2, height / 2);
}

Yuv ToYuv(const Rgb& color) {
  // ITU-R BT.601, limited range, to whole codes.
  const double y = (65.481 * color.r + 128.553 * color.g + 24.966 * color.b) / 255 + 16;
  const double u = (-37.797 * color.r - 74.203 * color.g + 112.0 * color.b) / 255 + 128;
  const double v = (112.0 * color.r - 93.786 * color.g - 18.214 * color.b) / 255 + 128;
  return {std::floor(y + 0.5), std::floor(u + 0.5), std::floor(v + 0.5)};
}

void Blend(double share, Picture& over, Picture& picture) {
  const int weight = Weight(share);
  for (size_t i = 0; i < 3; ++i) {
    image::Plane<uint8_t>& plane = *Planes(picture)[i];
    for (int y = 0; y < plane.height(); ++y) {
      uint8_t* to = plane.row(y);
      const uint8_t* from = Planes(over)[i]->row(y);
      for (int x = 0; x < plane.width(); ++x) to[x] = Mix(to[x], from[x], weight);
    }
  }
}

void BlendBehindFront(double share, Direction toward, double soft, Picture& over,
                      Picture& picture) {
  const bool sideways = toward == Direction::kRight || toward == Direction::kLeft;
  const bool backwards = toward == Direction::kLeft || toward == Direction::kUp;
  for (size_t i = 0; i < 3; ++i) {
    image::Plane<uint8_t>& plane = *Planes(picture)[i];
    const std::vector<int> weights =
        FrontWeights(share, backwards, soft, sideways ? plane.width() : plane.height());
    for (int y = 0; y < plane.height(); ++y) {
      uint8_t* to = plane.row(y);
      const uint8_t* from = Planes(over)[i]->row(y);
      for (int x = 0; x < plane.width(); ++x) {
        to[x] = Mix(to[x], from[x], weights[static_cast<size_t>(sideways ? x : y)]);
      }
    }
  }
}

void Veil(double share, const Yuv& color, Picture& picture) {
  const int weight = Weight(share);
  const std::array<double, 3> codes{color.y, color.u, color.v};
  for (size_t i = 0; i < 3; ++i) {
    image::Plane<uint8_t>& plane = *Planes(picture)[i];
    const auto code = static_cast<uint8_t>(codes[i]);
    for (int y = 0; y < plane.height(); ++y) {
      uint8_t* row = plane.row(y);
      for (int x = 0; x < plane.width(); ++x) row[x] = Mix(row[x], code, weight);
    }
  }
}

void Expose(double gain, Picture& picture) {
  const auto factor = static_cast<int>(std::lround(gain * 256));
  for (size_t i = 0; i < 3; ++i) {
    image::Plane<uint8_t>& plane = *Planes(picture)[i];
    const int zero = i == 0 ? kBlackLuma : kGrey;
    for (int y = 0; y < plane.height(); ++y) {
      uint8_t* row = plane.row(y);
      for (int x = 0; x < plane.width(); ++x) {
        row[x] = static_cast<uint8_t>(
            std::clamp(zero + (((row[x] - zero) * factor + 128) >> 8), 16, i == 0 ? 235 : 240));
      }
    }
  }
}

void Blur(double radius_px, Picture& picture) {
  const auto radius = static_cast<int>(std::lround(radius_px));
  BlurPlane(radius, picture.y);
  BlurPlane(radius / 2, picture.u);
  BlurPlane(radius / 2, picture.v);
}

void Letterbox(double share, Picture& picture) {
  for (size_t i = 0; i < 3; ++i) {
    image::Plane<uint8_t>& plane = *Planes(picture)[i];
    const auto rows = static_cast<int>(std::lround(share * picture.u.height())) * (i == 0 ? 2 : 1);
    const auto code = static_cast<uint8_t>(i == 0 ? kBlackLuma : kGrey);
    for (int y = 0; y < plane.height(); ++y) {
      if (y >= rows && y < plane.height() - rows) continue;
      std::fill_n(plane.row(y), plane.width(), code);
    }
  }
}

}  // namespace reelbatch::reel
