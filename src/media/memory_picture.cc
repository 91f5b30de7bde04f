#include "media/memory_picture.h"

#include <cstring>
#include <new>
#include <utility>

#include "media/av.h"
#include "media/frame_converter.h"

namespace reelbatch::media {
namespace {

constexpr int kRgbBytes = 3;  // a pixel

bool IsPlanar(MemoryFormat format) {
  return format == MemoryFormat::kYuv420 || format == MemoryFormat::kGray8;
}

int PlaneWidth(const MemoryPicture& picture, size_t plane) {
  return plane == 0 ? picture.width : AV_CEIL_RSHIFT(picture.width, 1);
}

image::FrameView ViewOf(const MemoryPicture& picture) {
  const auto plane = [&](size_t k) {
    return image::ImageView<uint8_t>{
        .data = picture.planes[k].data,
        .width = PlaneWidth(picture, k),
        .height = k == 0 ? picture.height : AV_CEIL_RSHIFT(picture.height, 1),
        .stride = picture.planes[k].stride};
  };
  image::FrameView view;
  view.y = plane(0);
  if (picture.format == MemoryFormat::kYuv420) {
    view.u = plane(1);
    view.v = plane(2);
  }
  view.full_range = picture.full_range;
  view.bt709 = picture.bt709;
  return view;
}

}  // namespace

int64_t RowBytes(const MemoryPicture& picture, size_t plane) {
  const bool chroma = plane > 0;
  if (chroma && (picture.format != MemoryFormat::kYuv420 || plane > 2)) return 0;
  const auto width = static_cast<int64_t>(PlaneWidth(picture, plane));
  return IsPlanar(picture.format) ? width : kRgbBytes * width;
}

class MemoryPictureConverter::Scaler {
 public:
  Scaler() : frame_(av_frame_alloc()), converter_({}) {}

  base::Result<image::FrameView> Convert(const MemoryPicture& picture) {
    if (frame_ == nullptr)
      return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a frame");
    CopyRows(picture);
    frame_->format = picture.format == MemoryFormat::kRgb24 ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_BGR24;
    frame_->width = picture.width;
    frame_->height = picture.height;
    frame_->data[0] = rows_.row(0);
    frame_->linesize[0] = static_cast<int>(rows_.stride());
    return converter_.Convert(*frame_, {}, planes_);
  }

 private:
  /// swscale may read a few bytes beyond a row, also beyond the last one.
  void CopyRows(const MemoryPicture& picture) {
    const int row_bytes = kRgbBytes * picture.width;
    rows_.Reset(row_bytes, picture.height + 1);
    for (int y = 0; y < picture.height; ++y) {
      std::memcpy(rows_.row(y), picture.planes[0].data + picture.planes[0].stride * y,
                  static_cast<size_t>(row_bytes));
    }
  }

  AvFrame frame_;  // owns no samples
  image::Plane<uint8_t> rows_;
  FrameConverter converter_;
  FramePlanes planes_;
};

MemoryPictureConverter::MemoryPictureConverter() = default;
MemoryPictureConverter::MemoryPictureConverter(MemoryPictureConverter&&) noexcept = default;
MemoryPictureConverter& MemoryPictureConverter::operator=(MemoryPictureConverter&&) noexcept =
    default;
MemoryPictureConverter::~MemoryPictureConverter() = default;

base::Result<image::FrameView> MemoryPictureConverter::Convert(const MemoryPicture& picture) try {
  if (IsPlanar(picture.format)) return ViewOf(picture);
  if (!scaler_) scaler_ = std::make_unique<Scaler>();
  return scaler_->Convert(picture);
} catch (const std::bad_alloc&) {
  return base::Fail(base::Code::kOutOfMemory, "there is not enough memory for a frame");
}

}  // namespace reelbatch::media
