#pragma once

#include "image/plane.h"
#include "vision/polynomial_expansion.h"

namespace reelbatch::vision {

/// The scalar reference of PolynomialExpansion. `rows` is scratch.
void ExpandRef(const image::Plane<float>& in, const ExpansionFilters& filters,
               image::Plane<float>& rows, Expansion& out);

}  // namespace reelbatch::vision
