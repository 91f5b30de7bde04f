#include "vision/linear_resample_ref.h"

#include <algorithm>
#include <cstdint>

namespace reelbatch::vision {

template <class T>
void ResampleLinearRef(image::ImageView<T> in, const AxisFilter& columns, const AxisFilter& rows,
                       float gain, std::vector<float>& row, image::Plane<float>& out) {
  out.Reset(columns.target, rows.target);
  row.resize(std::max(row.size(), static_cast<size_t>(in.width)));
  for (int y = 0; y < rows.target; ++y) {
    std::fill_n(row.data(), in.width, 0.0F);
    for (int k = 0; k < rows.taps; ++k) {
      const float weight = rows.weights[static_cast<size_t>(k * rows.stride + y)] * gain;
      const T* const source = in.row(rows.first[static_cast<size_t>(y)] + k);
      for (int x = 0; x < in.width; ++x) {
        row[static_cast<size_t>(x)] += weight * static_cast<float>(source[x]);
      }
    }
    for (int x = 0; x < columns.target; ++x) {
      const float* const source = row.data() + columns.first[static_cast<size_t>(x)];
      float sum = 0;
      for (int k = 0; k < columns.taps; ++k) {
        sum += columns.weights[static_cast<size_t>(k * columns.stride + x)] * source[k];
      }
      out.row(y)[x] = sum;
    }
  }
}

template void ResampleLinearRef(image::ImageView<uint8_t>, const AxisFilter&, const AxisFilter&,
                                float, std::vector<float>&, image::Plane<float>&);
template void ResampleLinearRef(image::ImageView<float>, const AxisFilter&, const AxisFilter&,
                                float, std::vector<float>&, image::Plane<float>&);

}  // namespace reelbatch::vision
